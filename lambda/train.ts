import { createTrainHandler } from '../functions/train.ts';
import type { TrainRuntime } from '../shared/retraining/training-steps.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<TrainRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('train', createTrainHandler(loadCloud), ({ done }) => ({
  FinishedTrainings: Number(done),
}));
