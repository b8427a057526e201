import { type CompareReceipt, type CompareRuntime, compareRun } from '../shared/comparison/compare-run.ts';
import { once } from '../shared/once.ts';
import { readEvent } from './events.ts';

/** Parse, compare, store, acknowledge; see `compareRun`. */
export function createCompareHandler(load: () => Promise<CompareRuntime>): (event: unknown) => Promise<CompareReceipt> {
  const runtime = once(load);
  return async (event) => {
    const fields = readEvent(event, 'compare');
    const runId = fields.text('runId');
    return compareRun(await runtime(), runId, fields.optionalText('message'));
  };
}
