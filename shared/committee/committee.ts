import type { Composition } from '../chemistry/formula.ts';
import type { ForestOptions } from '../learning/forest.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { describe } from '../student/descriptors.ts';
import type { ElementFeatures } from '../student/element-features.ts';
import type { TrainingSet } from '../student/training-set.ts';

/** Trees of one kind in a committee. */
export type CommitteePart = Omit<ForestOptions, 'seed'>;

/** Parts chosen on the shipped labels; `docs/explanation/method.md` says how they compare with others. */
export const COMMITTEE_PARTS: readonly CommitteePart[] = [
  { trees: 100, featureShare: 0.7, minimumLeaf: 2, extraRandom: true },
];

/** Descriptors are rounded to a multiple of 1 / DESCRIPTOR_GRID. */
export const DESCRIPTOR_GRID = 2 ** 16;

/**
 * What the trees of a committee split on: the generic descriptors, rounded so that sums taken in another order fall on
 * the same side of every threshold.
 *
 * @param compositions of known elements, in formula order
 * @returns shape (compositions, descriptorNames) row-major
 */
export function committeeTable(
  features: ElementFeatures,
  compositions: readonly Composition[],
  mobileIon: number,
): Float32Array {
  return describe(features, compositions, mobileIon).map((x) => Math.round(x * DESCRIPTOR_GRID) / DESCRIPTOR_GRID);
}

/** What a committee learns from: what a student does. */
export type CommitteeTask = Pick<TrainingSet, 'ionic' | 'features' | 'options'> & {
  readonly parts: readonly CommitteePart[];
};

/** What the members say of some compositions, before calibration. */
export interface MemberStatistics {
  readonly mean: Float64Array; // shape (compositions,)
  readonly spread: Float64Array; // standard deviation over the members, shape (compositions,)
}

/** Mean and standard deviation over the members for each row of a table from {@link committeeTable}. */
export function memberStatistics(members: readonly Tree[], table: Float32Array, rows: number): MemberStatistics {
  const features = table.length / rows;
  const mean = new Float64Array(rows);
  const spread = new Float64Array(rows);
  const values = new Float64Array(members.length);
  for (let row = 0; row < rows; row++) {
    members.forEach((tree, m) => {
      values[m] = predictRow(tree, table, row * features);
    });
    mean[row] = values.reduce((sum, value) => sum + value, 0) / members.length;
    spread[row] = Math.sqrt(values.reduce((sum, value) => sum + (value - mean[row]) ** 2, 0) / members.length);
  }
  return { mean, spread };
}

function predictRow({ feature, threshold, right }: Tree, table: Float32Array, offset: number): number {
  let node = 0;
  while (feature[node] >= 0) node = table[offset + feature[node]] <= threshold[node] ? node + 1 : right[node];
  return threshold[node];
}
