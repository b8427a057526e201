import { once } from '../shared/once.ts';
import { type CollectReceipt, type CollectRuntime, collectLabels } from '../shared/retraining/collect-labels.ts';
import { readEvent } from './events.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

/** Parse, collect, store, acknowledge; see `collectLabels`. */
export function createCollectHandler(load: () => Promise<CollectRuntime>): (event: unknown) => Promise<CollectReceipt> {
  const runtime = once(load);
  return async (event) => {
    const jobId = readEvent(event, 'collect-labels').text('jobId');
    return collectLabels(await runtime(), jobId);
  };
}

async function loadCloud(): Promise<CollectRuntime> {
  const { store, environment } = await cloudRuntime();
  return { store, maxQuarantineShare: environment.number('MAX_QUARANTINE_SHARE') };
}

export const handler = observed('collect-labels', createCollectHandler(loadCloud), ({ structures, quarantined }) => ({
  CollectedStructures: structures,
  QuarantinedStructures: quarantined,
}));
