import { type CompareReceipt, type CompareRuntime, compareRun } from '../shared/comparison/compare-run.ts';
import { once } from '../shared/once.ts';
import { fields, text } from '../shared/shape.ts';
import { maybe, parseEvent } from './events.ts';

const COMPARE_EVENT = fields({ runId: text, message: maybe(text) });

/** Parse, compare, store, acknowledge; see `compareRun`. */
export function createCompareHandler(load: () => Promise<CompareRuntime>): (event: unknown) => Promise<CompareReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { runId, message } = parseEvent(COMPARE_EVENT, event, 'compare');
    return compareRun(await runtime(), runId, message);
  };
}
