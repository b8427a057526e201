import type { FormulaLabel } from '../shared/labels/label.ts';
import { MERGES, type Merge } from '../shared/labels/merge-polymorphs.ts';
import { binaryMetrics } from '../shared/learning/metrics.ts';
import { rankCorrelation } from '../shared/learning/rank-correlation.ts';
import { type FoldSpread, spread } from '../shared/student/card.ts';

export const MERGE_NAMES = Object.keys(MERGES) as readonly Merge[];

/** What one way to merge polymorphs gives. */
export interface MergeRow {
  readonly merge: Merge;
  readonly formulas: number;
  readonly positives: number;
  readonly averagePrecision: FoldSpread; // over the folds, of a forest taught and judged by this merge
  readonly auc: FoldSpread;
  readonly labelCorrelation: number; // Spearman's, of its labels with the means
  readonly scoreCorrelation: number; // of its held-out forest scores with those of the means
}

/** Labels by one merge, with a forest's held-out scores. */
export interface MergedLabels {
  readonly merge: Merge;
  readonly labels: readonly FormulaLabel[]; // the same formulas for every merge
  readonly scores: readonly Float64Array[]; // by fold
}

/**
 * Compare merges with the mean.
 *
 * @param merged the mean is among them
 * @param folds fold of each label
 */
export function compareMerges(
  merged: readonly MergedLabels[],
  folds: ArrayLike<number>,
  threshold: number,
): MergeRow[] {
  const mean = merged.find(({ merge }) => merge === 'mean') as MergedLabels;
  const probabilities = ({ labels }: MergedLabels): number[] => labels.map(({ probability }) => probability);
  const scores = (one: MergedLabels): number[] => one.scores.flatMap((part) => [...part]);
  return merged.map((one) => {
    const metrics = one.scores.map((part, fold) => {
      const truth = one.labels.filter((_, i) => folds[i] === fold).map(({ probability }) => probability >= threshold);
      return binaryMetrics(truth, part, threshold);
    });
    return {
      merge: one.merge,
      formulas: one.labels.length,
      positives: one.labels.filter(({ probability }) => probability >= threshold).length,
      averagePrecision: spread(metrics.map(({ averagePrecision }) => averagePrecision)),
      auc: spread(metrics.map(({ auc }) => auc)),
      labelCorrelation: rankCorrelation(probabilities(one), probabilities(mean)),
      scoreCorrelation: rankCorrelation(scores(one), scores(mean)),
    };
  });
}
