import type { ObjectStore } from '../shared/io/store/store.ts';
import type { OnScored } from '../shared/ranking/rescore.ts';
import { reduceRun } from '../shared/report/reduce-run.ts';
import { type RunSummary, sourceName } from '../shared/report/summary.ts';
import { outputKey } from '../shared/runs/run-keys.ts';
import { storeOutputs } from '../shared/runs/run-outputs.ts';
import { fields, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What reducing a run needs. */
export interface ReduceRuntime {
  readonly store: ObjectStore;
  readonly onScored?: OnScored; // by the committee
}

/** What came out of a run. */
export interface ReduceReceipt {
  readonly runId: string;
  readonly ranking: string; // key of ranking.csv
  readonly ranked: number;
  readonly screened: number;
  readonly passed?: number; // unknown where compositions were bounded away
  readonly bounded?: number; // compositions
  readonly top: readonly { readonly rank: number; readonly formula: string; readonly probability: number }[];
  readonly message: string; // the same for a reader
}

const EVENT = fields({ runId: text });

/** Parse, merge, rank, store, acknowledge. The outputs of equal chunk results are equal bytes, so retries are safe. */
export function createReduceHandler(load: () => Promise<ReduceRuntime>): (event: unknown) => Promise<ReduceReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { runId } = parseEvent(EVENT, event, 'reduce');
    const { store, onScored } = await runtime();
    const { summary, outputs } = await reduceRun(store, runId, onScored);
    await storeOutputs(store, runId, outputs);
    return receiptOf(summary, store.location);
  };
}

function receiptOf(summary: RunSummary, location: string): ReduceReceipt {
  const { runId, screened, passed, bounded, ranked, skipped } = summary;
  const top = summary.top.map(({ rank, formula, probability }) => ({ rank, formula, probability }));
  const ranking = outputKey(runId, 'ranking.csv');
  const message = [
    `${screened} compositions of ${sourceName(summary)} screened${passed === undefined ? '' : `; ${passed} reach probability ${summary.student.threshold}`}.`,
    ...(bounded === undefined ? [] : [`${bounded.compositions} bounded away: they cannot reach the ranking.`]),
    ...(skipped === undefined ? [] : [`${skipped.total} rows have no score.`]),
    ...top.map(({ rank, formula, probability }) => `${rank}. ${formula} ${probability.toFixed(6)}`),
    `${ranked} ranked in ${location}/${ranking}`,
  ].join('\n');
  return { runId, ranking, ranked, screened, passed, bounded: bounded?.compositions, top, message };
}

async function loadCloud(): Promise<ReduceRuntime> {
  return { store: (await cloudRuntime()).store };
}

export const handler = observed('reduce', createReduceHandler(loadCloud), ({ ranked }) => ({ Ranked: ranked }));
