import { outputKey } from '../runs/run-keys.ts';
import { type RunSummary, sourceName } from './summary.ts';

/** What came out of a run. */
export interface ReduceReceipt {
  readonly runId: string;
  readonly ranking: string; // key of ranking.csv
  readonly ranked: number;
  readonly screened: number;
  readonly passed?: number | undefined; // unknown where compositions were bounded away
  readonly bounded?: number | undefined; // compositions
  readonly top: readonly { readonly rank: number; readonly formula: string; readonly probability: number }[];
  readonly message: string; // the same for a reader
}

/** What came out of a run, for the next step and for a reader. @param location of the store */
export function reduceReceipt(summary: RunSummary, location: string): ReduceReceipt {
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
