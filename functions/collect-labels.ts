import { once } from '../shared/once.ts';
import { type CollectReceipt, type CollectRuntime, collectLabels } from '../shared/retraining/collect-labels.ts';
import { readEvent } from './events.ts';

/** Parse, collect, store, acknowledge; see `collectLabels`. */
export function createCollectHandler(load: () => Promise<CollectRuntime>): (event: unknown) => Promise<CollectReceipt> {
  const runtime = once(load);
  return async (event) => {
    const jobId = readEvent(event, 'collect-labels').text('jobId');
    return collectLabels(await runtime(), jobId);
  };
}
