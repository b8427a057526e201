import { createCollectHandler } from '../functions/collect-labels.ts';
import type { CollectRuntime } from '../shared/retraining/collect-labels.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<CollectRuntime> {
  const { store, environment } = await cloudRuntime();
  return { store, maxQuarantineShare: environment.number('MAX_QUARANTINE_SHARE') };
}

export const handler = observed('collect-labels', createCollectHandler(loadCloud), ({ structures, quarantined }) => ({
  CollectedStructures: structures,
  QuarantinedStructures: quarantined,
}));
