import type { ObjectStore } from '../shared/io/store/store.ts';
import { once } from '../shared/once.ts';
import type { OnScored } from '../shared/ranking/rescore.ts';
import { type ReduceReceipt, reduceReceipt } from '../shared/report/reduce-receipt.ts';
import { reduceRun } from '../shared/report/reduce-run.ts';
import { storeOutputs } from '../shared/runs/run-outputs.ts';
import { parseEvent, RUN_EVENT } from './events.ts';

/** What reducing a run needs. */
export interface ReduceRuntime {
  readonly store: ObjectStore;
  readonly onScored?: OnScored; // by the committee
}

/** Parse, merge, rank, store, acknowledge. The outputs of equal chunk results are equal bytes, so retries are safe. */
export function createReduceHandler(load: () => Promise<ReduceRuntime>): (event: unknown) => Promise<ReduceReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { runId } = parseEvent(RUN_EVENT, event, 'reduce');
    const { store, onScored } = await runtime();
    const { summary, outputs } = await reduceRun(store, runId, onScored);
    await storeOutputs(store, runId, outputs);
    return reduceReceipt(summary, store.location);
  };
}
