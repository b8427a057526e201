import { type TrainReceipt, type TrainRuntime, trainingSteps } from '../shared/retraining/training-steps.ts';
import { fields, integer, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';

const TRAIN_EVENT = fields({ jobId: text, training: integer() });

/** What Lambda tells of an invocation. */
export interface TimeLeft {
  getRemainingTimeInMillis(): number;
}

/** Share of the time left at the beginning that is worked; the rest is for loading, storing and a slow last step. */
const WORKING_SHARE = 0.6;

/** Parse, train until done or out of time, store, acknowledge; see `trainingSteps`. */
export function createTrainHandler(
  load: () => Promise<TrainRuntime>,
): (event: unknown, context: TimeLeft) => Promise<TrainReceipt> {
  const train = trainingSteps(load);
  return async (event, context) => {
    const reserve = (1 - WORKING_SHARE) * context.getRemainingTimeInMillis();
    const { jobId, training } = parseEvent(TRAIN_EVENT, event, 'train');
    const timeIsUp = (): boolean => context.getRemainingTimeInMillis() < reserve;
    return train(jobId, training, timeIsUp);
  };
}
