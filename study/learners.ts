import { ForestGrower } from '../shared/learning/forest.ts';
import { fitLogistic, logisticLogit } from '../shared/learning/logistic.ts';
import type { Tree } from '../shared/learning/regression-tree.ts';
import type { ScoreComposition } from './support-vectors.ts';
import { fitSupportVectors } from './support-vectors.ts';

/**
 * Learn from rows of features which of them are positive.
 *
 * @param rows n rows of p values
 * @param positive shape (n,), both classes present
 */
export type Learn = (
  rows: readonly ArrayLike<number>[],
  positive: readonly boolean[],
  seed: number,
) => ScoreComposition;

/** Learners that are compared on few measurements, with the settings that scikit-learn has by default. */
export const LEARNERS = {
  logistic: (rows, positive) => {
    const model = fitLogistic(rows, positive, 1);
    return (row) => logisticLogit(model, row);
  },
  supportVectors: (rows, positive) => fitSupportVectors(rows, positive, 1),
  forest: (rows, positive, seed) => growForest(rows, Float64Array.from(positive, Number), seed),
} as const satisfies Record<string, Learn>;

export type LearnerName = keyof typeof LEARNERS;
export const LEARNER_NAMES = Object.keys(LEARNERS) as readonly LearnerName[];

const TREES = 100;

/** A random forest that tries the square root of the number of features at each split. */
function growForest(rows: readonly ArrayLike<number>[], targets: Float64Array, seed: number): ScoreComposition {
  const width = rows[0].length;
  const table = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    table.set(row, i * width);
  });
  const options = { trees: TREES, featureShare: 1 / Math.sqrt(width), minimumLeaf: 1, seed };
  const grower = new ForestGrower(table, targets, options);
  const trees = Array.from({ length: TREES }, () => grower.grow());
  return (row) => {
    const values = Float32Array.from(row); // thresholds are of this precision
    return trees.reduce((sum, tree) => sum + leafOf(tree, values), 0) / TREES;
  };
}

function leafOf({ feature, threshold, right }: Tree, row: Float32Array): number {
  let node = 0;
  while (feature[node] >= 0) node = row[feature[node]] <= threshold[node] ? node + 1 : right[node];
  return threshold[node];
}
