import { type BinaryMetrics, binaryMetrics } from '../learning/metrics.ts';
import { rankCorrelation } from '../learning/rank-correlation.ts';
import { applyCalibration, type CommitteePredictions, calibrate } from './calibration.ts';
import type { MemberStatistics } from './committee.ts';

/** A fold's predictions by a committee that has seen none of its systems. */
export interface HeldOutFold extends MemberStatistics {
  readonly labels: Float64Array; // the teacher's probabilities, shape (formulas,)
}

/** Held-out metrics of one fold, by a calibration that was fitted on the other folds. */
export interface CommitteeFold extends BinaryMetrics {
  readonly formulas: number;
  readonly positives: number;
  readonly calibrationErrorRaw: number; // expected calibration error of the members' mean
  readonly calibrationError: number; // of the calibrated probability
  readonly error: number; // root-mean-square difference of calibrated probability and label
  readonly rankCorrelation: number; // Spearman's, of |difference from the label| and standard deviation
  readonly withinOne: number; // share of the labels within one standard deviation
  readonly withinTwo: number;
}

/** Held-out formulas with a standard deviation in a range. */
export interface DeviationBin {
  readonly formulas: number;
  readonly std: number; // mean
  readonly error: number; // root-mean-square difference of probability and label
}

/** Held-out formulas with a probability in a range, split in two halves by standard deviation. */
export interface HalvesByDeviation {
  readonly from: number; // probability, inclusive
  readonly to: number; // exclusive, but for 1
  readonly formulas: number;
  readonly errorOfLower: number; // root-mean-square difference from the label, of the half with the lower deviations
  readonly errorOfHigher: number;
}

/** What cross-validation says of a committee. */
export interface CommitteeEvaluation {
  readonly folds: readonly CommitteeFold[];
  readonly byDeviation: readonly DeviationBin[];
  readonly atEqualProbability: readonly HalvesByDeviation[];
}

const CALIBRATION_BINS = 15; // of equal width, as is usual: Guo et al. 2017, arXiv:1706.04599
const DEVIATION_BINS = 8; // of equally many formulas
const PROBABILITY_RANGES = [0.05, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * Judge a committee. Its calibration is judged on each fold by one that was fitted on the others.
 *
 * @param threshold labels at or above it are positive
 */
export function evaluateCommittee(folds: readonly HeldOutFold[], threshold: number): CommitteeEvaluation {
  const predictions = folds.map((fold, i) => {
    const others = joinFolds(folds.filter((_, j) => j !== i));
    return applyCalibration(calibrate(others, others.labels, threshold), fold);
  });
  const all = {
    mean: concatenate(predictions.map(({ mean }) => mean)),
    std: concatenate(predictions.map(({ std }) => std)),
  };
  const { labels } = joinFolds(folds);
  return {
    folds: folds.map((fold, i) => judge(fold, predictions[i], threshold)),
    byDeviation: byDeviation(all, labels),
    atEqualProbability: atEqualProbability(all, labels),
  };
}

/** Several folds as one. */
export function joinFolds(folds: readonly HeldOutFold[]): HeldOutFold {
  return {
    mean: concatenate(folds.map(({ mean }) => mean)),
    spread: concatenate(folds.map(({ spread }) => spread)),
    labels: concatenate(folds.map(({ labels }) => labels)),
  };
}

function judge(raw: HeldOutFold, { mean, std }: CommitteePredictions, threshold: number): CommitteeFold {
  const { labels } = raw;
  const truth = Array.from(labels, (label) => label >= threshold);
  const errors = differences(mean, labels);
  const within = (z: number): number => errors.filter((error, i) => error <= z * std[i]).length / labels.length;
  return {
    formulas: labels.length,
    positives: truth.filter(Boolean).length,
    ...binaryMetrics(truth, mean, threshold),
    calibrationErrorRaw: expectedCalibrationError(truth, raw.mean),
    calibrationError: expectedCalibrationError(truth, mean),
    error: rootMeanSquare(errors),
    rankCorrelation: rankCorrelation(errors, std),
    withinOne: within(1),
    withinTwo: within(2),
  };
}

/** Expected calibration error: mean over 15 bins of probability of |mean probability − share of positives|, by their size. */
export function expectedCalibrationError(truth: readonly boolean[], probabilities: Float64Array): number {
  const excess = new Float64Array(CALIBRATION_BINS); // of probability over positives
  probabilities.forEach((probability, i) => {
    const bin = Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS));
    excess[bin] += probability - Number(truth[i]);
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / truth.length;
}

function byDeviation({ mean, std }: CommitteePredictions, labels: Float64Array): DeviationBin[] {
  const errors = differences(mean, labels);
  const order = Array.from(std.keys()).sort((a, b) => std[a] - std[b]);
  return Array.from({ length: DEVIATION_BINS }, (_, b) => {
    const [start, end] = [b, b + 1].map((edge) => Math.floor((edge * order.length) / DEVIATION_BINS));
    const bin = order.slice(start, end);
    return {
      formulas: bin.length,
      std: bin.reduce((sum, i) => sum + std[i], 0) / bin.length,
      error: rootMeanSquare(bin.map((i) => errors[i])),
    };
  });
}

function atEqualProbability({ mean, std }: CommitteePredictions, labels: Float64Array): HalvesByDeviation[] {
  const errors = differences(mean, labels);
  return PROBABILITY_RANGES.slice(1).map((to, r) => {
    const from = PROBABILITY_RANGES[r];
    const bin = Array.from(mean.keys())
      .filter((i) => mean[i] >= from && (mean[i] < to || to === 1))
      .sort((a, b) => std[a] - std[b])
      .map((i) => errors[i]);
    const half = bin.length >> 1;
    const [errorOfLower, errorOfHigher] = [bin.slice(0, half), bin.slice(half)].map(rootMeanSquare);
    return { from, to, formulas: bin.length, errorOfLower, errorOfHigher };
  });
}

function differences(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => Math.abs(value - b[i]));
}

function rootMeanSquare(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
