import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { listTrainings, type OpenJob, openJob } from '../shared/retraining/training-job.ts';
import { continueTraining } from '../shared/retraining/trainings.ts';
import { readEvent } from './events.ts';
import { once } from './once.ts';

/** What a training needs. */
export interface TrainRuntime {
  readonly store: ConditionalStore;
}

/** What Lambda tells of an invocation. */
export interface TimeLeft {
  getRemainingTimeInMillis(): number;
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

/** Parse, train until done or out of time, store, acknowledge. A finished training is left as it is, so retries are safe. */
export function createTrainHandler(
  load: () => Promise<TrainRuntime>,
): (event: unknown, context: TimeLeft) => Promise<TrainReceipt> {
  const runtime = once(load);
  let open: { readonly jobId: string; readonly get: () => Promise<OpenJob> } | undefined; // outlives one invocation
  return async (event, context) => {
    const reserve = (1 - WORKING_SHARE) * context.getRemainingTimeInMillis();
    const fields = readEvent(event, 'train');
    const [jobId, training] = [fields.text('jobId'), fields.integer('training', 0)];
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
