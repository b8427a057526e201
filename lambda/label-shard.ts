import { createLabelHandler } from '../functions/label-shard.ts';
import type { LabelRuntime } from '../shared/retraining/shard-labelling.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<LabelRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('label-shard', createLabelHandler(loadCloud), ({ labelled, quarantined }) => ({
  LabelledStructures: labelled,
  QuarantinedStructures: quarantined,
}));
