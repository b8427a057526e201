import { type TrainReceipt, type TrainRuntime, trainingSteps } from '../shared/retraining/training-steps.ts';
import { readEvent } from './events.ts';
import { type InvocationContext, observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

/** Share of the time left at the beginning that is worked; the rest is for loading, storing and a slow last step. */
const WORKING_SHARE = 0.6;

/** Parse, train until done or out of time, store, acknowledge; see `trainingSteps`. */
export function createTrainHandler(
  load: () => Promise<TrainRuntime>,
): (event: unknown, context: Pick<InvocationContext, 'getRemainingTimeInMillis'>) => Promise<TrainReceipt> {
  const train = trainingSteps(load);
  return async (event, context) => {
    const reserve = (1 - WORKING_SHARE) * context.getRemainingTimeInMillis();
    const fields = readEvent(event, 'train');
    const timeIsUp = (): boolean => context.getRemainingTimeInMillis() < reserve;
    return train(fields.text('jobId'), fields.integer('training', 0), timeIsUp);
  };
}

async function loadCloud(): Promise<TrainRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('train', createTrainHandler(loadCloud), ({ done }) => ({
  FinishedTrainings: Number(done),
}));
