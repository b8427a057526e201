import { InputError } from '../errors.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { once, onceOf } from '../once.ts';
import { listTrainings, openJob } from './training-job.ts';
import { continueTraining } from './trainings.ts';

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

/**
 * Goes on with trainings of jobs until they are done or out of time. A finished training is left as it is, so retries are
 * safe.
 *
 * @param load called once; the job that was opened last stays open from one call to the next
 */
export function trainingSteps(
  load: () => Promise<TrainRuntime>,
): (jobId: string, training: number, timeIsUp: () => boolean) => Promise<TrainReceipt> {
  const runtime = once(load);
  const open = onceOf(async (jobId) => openJob((await runtime()).store, jobId));
  return async (jobId, training, timeIsUp) => {
    const { store } = await runtime();
    const opened = await open(jobId);
    const { length } = listTrainings(opened.job);
    if (training >= length)
      throw new InputError(
        `job ${jobId} has ${length} trainings`,
        { file: 'event of train', column: 'training' },
        'Give an item of trainings.json.',
      );
    const { done, discarded } = await continueTraining(store, opened, training, timeIsUp);
    return { jobId, training, done, ...(discarded === undefined ? {} : { discarded }) };
  };
}
