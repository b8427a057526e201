import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { listTrainings, type OpenJob, openJob, type TrainingItem } from '../shared/retraining/training-job.ts';
import { continueTraining } from '../shared/retraining/trainings.ts';
import { fields, integer, type Shape, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';
import { type InvocationContext, observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What a training needs. */
export interface TrainRuntime {
  readonly store: ConditionalStore;
}

/** How far a training is. */
export interface TrainReceipt {
  readonly jobId: string;
  readonly training: number;
  readonly done: boolean; // if not, the next invocation goes on
  readonly discarded?: string; // what was wrong with the checkpoint, so that the training began anew
}

/** Share of the time left at the beginning that is worked; the rest is for loading, storing and a slow last step. */
const WORKING_SHARE = 0.6;

const EVENT: Shape<TrainingItem> = fields({ jobId: text, training: integer() });

/** Parse, train until done or out of time, store, acknowledge. A finished training is left as it is, so retries are safe. */
export function createTrainHandler(
  load: () => Promise<TrainRuntime>,
): (event: unknown, context: Pick<InvocationContext, 'getRemainingTimeInMillis'>) => Promise<TrainReceipt> {
  const runtime = once(load);
  let open: { readonly jobId: string; readonly get: () => Promise<OpenJob> } | undefined; // outlives one invocation
  return async (event, context) => {
    const reserve = (1 - WORKING_SHARE) * context.getRemainingTimeInMillis();
    const { jobId, training } = parseEvent(EVENT, event, 'train');
    const { store } = await runtime();
    if (open?.jobId !== jobId) open = { jobId, get: once(() => openJob(store, jobId)) };
    const opened = await open.get();
    const { length } = listTrainings(opened.job);
    if (training >= length)
      throw new InputError(
        `job ${jobId} has ${length} trainings`,
        { file: 'event of train', column: 'training' },
        'Give an item of trainings.json.',
      );
    const timeIsUp = (): boolean => context.getRemainingTimeInMillis() < reserve;
    const { done, discarded } = await continueTraining(store, opened, training, timeIsUp);
    return { jobId, training, done, ...(discarded === undefined ? {} : { discarded }) };
  };
}

async function loadCloud(): Promise<TrainRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('train', createTrainHandler(loadCloud), ({ done }) => ({
  FinishedTrainings: Number(done),
}));
