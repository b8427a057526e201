import { SYMBOLS } from '../chemistry/elements.ts';
import type { MergedResult } from '../ranking/merge.ts';
import type { RankedComposition } from '../ranking/ranking.ts';
import type { RankingLimits } from '../screen/chunk-accumulator.ts';
import type { Excluded } from '../screen/criteria.ts';
import { histogramEdges } from '../screen/histogram.ts';
import type { RunPlan, RunStudent } from '../screen/run-plan.ts';
import { skippedTotal } from '../screen/skipped-rows.ts';
import type { SourceSummary } from '../screen/source.ts';

const TOP_SHOWN = 10;

/** `summary.json`: what was screened with what, and what came out. Equal runs give equal bytes: no times, no machine. */
export interface RunSummary extends SourceSummary {
  readonly runId: string;
  readonly student: RunStudent;
  readonly options: RankingLimits;
  readonly screened: number;
  readonly passed: number; // probability at or above the student's threshold
  readonly ranked: number; // lines of the ranking
  readonly skipped?: SkippedSummary; // of a list
  readonly excluded?: Excluded; // by the criteria among the options
  readonly histogram: {
    readonly edges: readonly number[]; // logits; count i is of [edge i-1, edge i), open at both ends
    readonly counts: readonly number[];
  };
  readonly elements: readonly { symbol: string; screened: number; passed: number }[]; // by atomic number
  readonly top: readonly RankedComposition[]; // the first of the ranking
}

/** Rows of a list that have no score. */
export interface SkippedSummary {
  readonly total: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly listed: number; // the first ones, in skipped.csv
}

/** Summary of a finished run. */
export function summarize(plan: RunPlan, result: MergedResult, ranking: readonly RankedComposition[]): RunSummary {
  const { source, limits } = plan;
  const { counts, rows } = result.skipped;
  const skipped = { total: skippedTotal(result.skipped), reasons: counts, listed: rows.length };
  return {
    runId: plan.runId,
    ...source.summary,
    student: plan.student,
    options: limits,
    screened: result.screened,
    passed: result.passed,
    ranked: ranking.length,
    ...(source.summary.list === undefined ? {} : { skipped }),
    ...(limits.criteria === undefined ? {} : { excluded: result.excluded }),
    histogram: { edges: histogramEdges(), counts: [...result.histogram] },
    elements: SYMBOLS.flatMap((symbol, z) => {
      const screened = result.screenedByElement[z];
      return screened > 0 ? [{ symbol, screened, passed: result.passedByElement[z] }] : [];
    }),
    top: ranking.slice(0, TOP_SHOWN),
  };
}

/** Name of the space or list that was screened. */
export function sourceName({ space, list }: SourceSummary): string {
  return (space ?? list)?.name ?? '';
}
