import { applyCalibration, calibrate } from '../shared/committee/calibration.ts';
import { expectedCalibrationError, joinFolds } from '../shared/committee/committee-evaluation.ts';
import type { FormulaLabel } from '../shared/labels/label.ts';
import {
  type PrecisionRecall,
  precisionRecallCurve,
  type ReliabilityBin,
  reliabilityBins,
} from '../shared/learning/curves.ts';
import { fitLogistic, logisticLogit, sigmoid } from '../shared/learning/logistic.ts';
import { type BinaryMetrics, binaryMetrics } from '../shared/learning/metrics.ts';
import { type FoldSpread, spread } from '../shared/student/card.ts';
import { type FoldResult, type FoldScores, STUDENT_KINDS, type StudentKind } from './cross-validation.ts';

/** Held-out figures of one kind of student. */
export interface StudentRow {
  readonly kind: StudentKind;
  readonly metrics: Readonly<Record<Exclude<keyof BinaryMetrics, 'accuracy'>, FoldSpread>>; // over the folds
  readonly calibrationError: FoldSpread; // expected, of 15 bins
  readonly calibrated: boolean; // whether its probabilities were made on the other folds
  readonly precisionRecall: readonly PrecisionRecall[]; // of all folds together
  readonly reliability: readonly ReliabilityBin[]; // of all folds together
}

/** Probabilities that each kind gives each formula, by a model that has not seen the formula's system. */
export type HeldOutProbabilities = ReadonlyMap<StudentKind, Float64Array>; // shape (labels,)

const CURVE_POINTS = 100;
const BINS = 10;

/**
 * Probabilities from fold results. Support vectors have none: a logistic curve over the decision values of the other folds makes
 * them (Platt 1999). The committee is calibrated as the shipped one, on the other folds. All others are taken as they are.
 *
 * @param folds fold of each label
 * @param results by fold
 */
export function heldOutProbabilities(
  labels: readonly FormulaLabel[],
  folds: ArrayLike<number>,
  results: readonly FoldResult[],
  threshold: number,
): HeldOutProbabilities {
  const rows = results.map((_, fold) => labels.flatMap((_, i) => (folds[i] === fold ? [i] : [])));
  const targets = rows.map((part) => Float64Array.from(part, (i) => labels[i].probability));
  return new Map(
    STUDENT_KINDS.map((kind) => {
      const parts = results.map((result) => result[kind] as FoldScores);
      const all = new Float64Array(labels.length);
      parts.forEach((part, fold) => {
        const probabilities = PROBABILITIES[kind]?.(parts, targets, fold, threshold) ?? part.scores;
        rows[fold].forEach((i, k) => {
          all[i] = probabilities[k];
        });
      });
      return [kind, all];
    }),
  );
}

type Calibrate = (
  parts: readonly FoldScores[],
  targets: readonly Float64Array[],
  fold: number,
  threshold: number,
) => Float64Array;

const PROBABILITIES: Readonly<Partial<Record<StudentKind, Calibrate>>> = {
  supportVectors: (parts, targets, fold, threshold) => {
    const others = parts.flatMap(({ scores }, i) => (i === fold ? [] : [...scores]));
    const truth = targets.flatMap((part, i) => (i === fold ? [] : [...part].map((label) => label >= threshold)));
    const model = fitLogistic(
      others.map((score) => [score]),
      truth,
      1e-6,
    );
    return parts[fold].scores.map((score) => sigmoid(logisticLogit(model, [score])));
  },
  committee: (parts, targets, fold, threshold) => {
    const folds = parts.map(({ scores, spread }, i) => ({
      mean: scores,
      spread: spread as Float64Array,
      labels: targets[i],
    }));
    const others = joinFolds(folds.filter((_, i) => i !== fold));
    return applyCalibration(calibrate(others, others.labels, threshold), folds[fold]).mean;
  },
};

/** Held-out figures and curves of every kind. */
export function compareStudents(
  labels: readonly FormulaLabel[],
  folds: ArrayLike<number>,
  foldCount: number,
  heldOut: HeldOutProbabilities,
  threshold: number,
): StudentRow[] {
  const truth = labels.map(({ probability }) => probability >= threshold);
  const rows = Array.from({ length: foldCount }, (_, fold) => truth.flatMap((_, i) => (folds[i] === fold ? [i] : [])));
  return [...heldOut].map(([kind, probabilities]) => {
    const parts = rows.map((part) => ({
      truth: part.map((i) => truth[i]),
      probabilities: Float64Array.from(part, (i) => probabilities[i]),
    }));
    const metrics = parts.map((part) => binaryMetrics(part.truth, part.probabilities, threshold));
    const of = (name: keyof BinaryMetrics): FoldSpread => spread(metrics.map((fold) => fold[name]));
    return {
      kind,
      metrics: { auc: of('auc'), averagePrecision: of('averagePrecision'), f1: of('f1') },
      calibrationError: spread(parts.map((part) => expectedCalibrationError(part.truth, part.probabilities))),
      calibrated: kind in PROBABILITIES,
      precisionRecall: precisionRecallCurve(truth, probabilities, CURVE_POINTS),
      reliability: reliabilityBins(truth, probabilities, BINS),
    };
  });
}
