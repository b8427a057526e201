import type { Composition } from '../chemistry/formula.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { precisionRecallCurve, reliabilityBins } from '../learning/curves.ts';
import { sigmoid } from '../learning/logistic.ts';
import { type BinaryMetrics, binaryMetrics } from '../learning/metrics.ts';
import type { HeldOutCurves } from '../models/held-out-curves.ts';
import type { DistillOptions } from './distill-options.ts';
import { Distillation, type DistillationTask, type DistilledStudent } from './distillation.ts';
import type { ElementFeatures } from './element-features.ts';
import { forward, type Weights } from './network.ts';
import { splitFold, systemFolds } from './splits.ts';

/** Held-out metrics of one fold. */
export interface FoldEvaluation {
  readonly formulas: number; // held out
  readonly positives: number; // of those, labelled at or above the threshold
  readonly student: BinaryMetrics;
  readonly forest: BinaryMetrics; // the model that labelled the made compositions
  readonly curves?: HeldOutCurves; // of the student; absent in cards of versions that kept none
}

const CURVE_POINTS = 50;
const RELIABILITY_BINS = 10;

/** Distill a student from all labels, in one go. */
export async function distill(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  options: DistillOptions,
): Promise<DistilledStudent> {
  return await distillTask({ labels, heldOut: [], features, options });
}

/** Distill a student in one go, and have its forest predict what is held out. */
export async function distillTask(task: DistillationTask): Promise<DistilledStudent> {
  const distillation = await Distillation.open(task);
  try {
    while (!distillation.done) await distillation.step();
    return distillation.result();
  } finally {
    await distillation.release();
  }
}

/** To distill on all folds but one, whose systems neither the student nor its forest will have seen. */
export function foldTask(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  fold: number,
  options: DistillOptions,
): DistillationTask {
  const { learned, heldOut } = splitFold(labels, systemFolds(labels, options), fold);
  return { labels: learned, heldOut, features, options };
}

/** Judge student and forest on what was held out from them. */
export function judgeFold(
  { heldOut, features, options }: DistillationTask,
  { weights, guesses }: DistilledStudent,
): FoldEvaluation {
  const compositions = heldOut.map(({ composition }) => composition);
  const truth = heldOut.map(({ probability }) => probability >= options.threshold);
  const probabilities = studentProbabilities(features, weights, compositions);
  return {
    formulas: heldOut.length,
    positives: truth.filter(Boolean).length,
    student: binaryMetrics(truth, probabilities, options.threshold),
    forest: binaryMetrics(truth, guesses, options.threshold),
    curves: {
      precisionRecall: precisionRecallCurve(truth, probabilities, CURVE_POINTS),
      reliability: reliabilityBins(truth, probabilities, RELIABILITY_BINS),
    },
  };
}

/** Distill on all folds but one and judge the student on that one. */
export async function evaluateFold(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  fold: number,
  options: DistillOptions,
): Promise<FoldEvaluation> {
  const task = foldTask(labels, features, fold, options);
  return judgeFold(task, await distillTask(task));
}

/** Probability of each composition by the reference forward pass. */
export function studentProbabilities(
  features: ElementFeatures,
  weights: Weights,
  compositions: readonly Composition[],
): Float64Array {
  return Float64Array.from(compositions, (composition) => sigmoid(forward(features, weights, composition)));
}
