import { type IsotonicBlock, interpolate, type PiecewiseLinear, poolAdjacentViolators } from '../learning/isotonic.ts';
import type { MemberStatistics } from './committee.ts';

/** How a committee's raw mean and spread become what it reports. */
export interface Calibration {
  readonly probability: PiecewiseLinear; // of the members' mean
  readonly deviation: PiecewiseLinear; // of the members' standard deviation
}

/** Calibrated predictions. */
export interface CommitteePredictions {
  readonly mean: Float64Array; // probability that the label is at or above the threshold
  readonly std: Float64Array; // expected root-mean-square difference from the label
}

const BLOCK_POSITIVES = 16; // in a block of the first curve: its rate is then known to about a quarter
const BLOCKS = 40; // of the second curve, of equally many examples
const WIDEST = 0.5; // standard deviation of numbers in [0, 1], at most

/**
 * Fit both curves to predictions for compositions whose systems the members had not seen. Both are isotonic, and rise
 * strictly, so that calibration changes no order and makes no ties.
 *
 * @param labels shape (n,), the teacher's probabilities
 * @param threshold labels at or above it are positive
 */
export function calibrate(raw: MemberStatistics, labels: Float64Array, threshold: number): Calibration {
  const probability = probabilityCurve(raw.mean, labels, threshold);
  const errors = raw.mean.map((mean, i) => (interpolate(probability, mean) - labels[i]) ** 2);
  return { probability, deviation: deviationCurve(raw.spread, errors) };
}

/** Apply both curves. */
export function applyCalibration(calibration: Calibration, { mean, spread }: MemberStatistics): CommitteePredictions {
  return {
    mean: mean.map((value) => interpolate(calibration.probability, value)),
    std: spread.map((value) => interpolate(calibration.deviation, value)),
  };
}

function probabilityCurve(means: Float64Array, labels: Float64Array, threshold: number): PiecewiseLinear {
  const order = ascending(means).reverse(); // from the top, where positives are dense
  const blocks: IsotonicBlock[] = [];
  let [sum, positives, count] = [0, 0, 0];
  order.forEach((i, k) => {
    sum += means[i];
    positives += Number(labels[i] >= threshold);
    count++;
    if (positives < BLOCK_POSITIVES && k + 1 < order.length) return;
    // with half a positive and half a negative added, no rate is 0 or 1, where the order would be lost
    blocks.push({ x: sum / count, y: (positives + 0.5) / (count + 1), weight: count });
    [sum, positives, count] = [0, 0, 0];
  });
  return curve(poolAdjacentViolators(blocks.reverse()), 1, 1);
}

function deviationCurve(spreads: Float64Array, errors: Float64Array): PiecewiseLinear {
  const order = ascending(spreads);
  const blocks = Array.from({ length: BLOCKS }, (_, b): IsotonicBlock => {
    const members = order.slice(Math.floor((b * order.length) / BLOCKS), Math.floor(((b + 1) * order.length) / BLOCKS));
    const mean = (of: Float64Array): number => members.reduce((sum, i) => sum + of[i], 0) / members.length;
    return { x: mean(spreads), y: mean(errors), weight: members.length };
  }).filter(({ weight }) => weight > 0);
  const roots = poolAdjacentViolators(blocks).map((block) => ({ ...block, y: Math.sqrt(block.y) }));
  return curve(roots, WIDEST, Math.max(WIDEST, roots[roots.length - 1].y));
}

/** From the origin through the blocks to an end. */
function curve(blocks: readonly IsotonicBlock[], lastX: number, lastY: number): PiecewiseLinear {
  const inside = blocks.filter(({ x, y }) => x > 0 && x < lastX && y > 0);
  return { x: [0, ...inside.map(({ x }) => x), lastX], y: [0, ...inside.map(({ y }) => y), lastY] };
}

function ascending(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
}
