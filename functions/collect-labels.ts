import { once } from '../shared/once.ts';
import { type CollectReceipt, type CollectRuntime, collectLabels } from '../shared/retraining/collect-labels.ts';
import { JOB_EVENT, parseEvent } from './events.ts';

/** Parse, collect, store, acknowledge; see `collectLabels`. */
export function createCollectHandler(load: () => Promise<CollectRuntime>): (event: unknown) => Promise<CollectReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { jobId } = parseEvent(JOB_EVENT, event, 'collect-labels');
    return collectLabels(await runtime(), jobId);
  };
}
