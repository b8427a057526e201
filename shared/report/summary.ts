import { SYMBOLS } from '../chemistry/elements.ts';
import type { MergedResult } from '../ranking/merge.ts';
import type { RankedComposition } from '../ranking/ranking.ts';
import type { RankingLimits } from '../screen/chunk-accumulator.ts';
import { histogramEdges } from '../screen/histogram.ts';
import { countSpace, type RunPlan, type RunStudent } from '../screen/run-plan.ts';

const TOP_SHOWN = 10;

/** `summary.json`: what was screened with what, and what came out. Equal runs give equal bytes: no times, no machine. */
export interface RunSummary {
  readonly runId: string;
  readonly space: { name: string; systems: number; classes: number; compositions: number };
  readonly student: RunStudent;
  readonly options: RankingLimits;
  readonly screened: number;
  readonly passed: number; // probability at or above the student's threshold
  readonly ranked: number; // lines of the ranking
  readonly histogram: {
    readonly edges: readonly number[]; // logits; count i is of [edge i-1, edge i), open at both ends
    readonly counts: readonly number[];
  };
  readonly elements: readonly { symbol: string; screened: number; passed: number }[]; // by atomic number
  readonly top: readonly RankedComposition[]; // the first of the ranking
}

/** Summary of a finished run. */
export function summarize(plan: RunPlan, result: MergedResult, ranking: readonly RankedComposition[]): RunSummary {
  const { space, limits } = plan;
  return {
    runId: plan.runId,
    space: { name: space.definition.name, ...countSpace(space) },
    student: plan.student,
    options: limits,
    screened: result.screened,
    passed: result.passed,
    ranked: ranking.length,
    histogram: { edges: histogramEdges(), counts: [...result.histogram] },
    elements: SYMBOLS.flatMap((symbol, z) => {
      const screened = result.screenedByElement[z];
      return screened > 0 ? [{ symbol, screened, passed: result.passedByElement[z] }] : [];
    }),
    top: ranking.slice(0, TOP_SHOWN),
  };
}
