import { atomicNumber, SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, formatSystem } from '../chemistry/formula.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { IONIC_ANIONS } from '../labels/merge-polymorphs.ts';
import { sigmoid } from '../teacher/logistic.ts';
import { type BinaryMetrics, binaryMetrics } from '../teacher/metrics.ts';
import { augmentCompositions } from './augment.ts';
import { describe } from './descriptors.ts';
import { type ElementFeatures, elementFeatures } from './element-features.ts';
import { type Forest, type ForestOptions, predictForest, trainForest } from './forest.ts';
import { DEFAULT_SIZE, forward, type Weights } from './network.ts';
import { groupedFolds } from './splits.ts';
import { type Example, type TrainingOptions, trainStudent } from './trainer.ts';

/** How a student is distilled. Everything random follows from `seed`. */
export interface DistillOptions {
  readonly seed: number;
  readonly folds: number; // of the cross-validation, grouped by chemical system
  readonly threshold: number; // probability from which a composition passes
  readonly mobileIon: number; // atomic number
  readonly made: number; // compositions that the forest labels
  readonly labelWeight: number; // of a teacher label, where a forest label has 1
  readonly forest: Omit<ForestOptions, 'seed'>;
  readonly training: Omit<TrainingOptions, 'seed'>;
}

/** Settings chosen on the shipped labels; `docs/method.md` says how they compare with others. */
export const DISTILL_DEFAULTS: Omit<DistillOptions, 'seed'> = {
  folds: 5,
  threshold: 0.5,
  mobileIon: atomicNumber('Li') as number,
  made: 100_000,
  labelWeight: 3,
  forest: { trees: 100, featureShare: 0.15, minimumLeaf: 1 },
  training: { size: DEFAULT_SIZE, steps: 6000, batch: 256, learningRate: 3e-3, weightDecay: 0.02, averageFrom: 0.7 },
};

/** Held-out metrics of one fold. */
export interface FoldEvaluation {
  readonly formulas: number; // held out
  readonly positives: number; // of those, labelled at or above the threshold
  readonly student: BinaryMetrics;
  readonly forest: BinaryMetrics; // the model that labelled the made compositions
}

/** Features of all elements that occur in the labels. */
export function labelledElements(labels: readonly FormulaLabel[]): ElementFeatures {
  const numbers = new Set(labels.flatMap(({ composition }) => composition.atomicNumbers));
  return elementFeatures([...numbers].map((z) => SYMBOLS[z]));
}

/**
 * Train a student on teacher labels: a random forest on all generic descriptors learns the labels first, then labels
 * many made compositions, and the small student learns from both.
 *
 * @param labels of ionic crystals, all with the mobile ion
 */
export async function distill(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  options: DistillOptions,
): Promise<{ weights: Weights; forest: Forest }> {
  const { seed, mobileIon } = options;
  const compositions = labels.map(({ composition }) => composition);
  const targets = Float64Array.from(labels, ({ probability }) => probability);
  const forest = trainForest(describe(features, compositions, mobileIon), targets, { ...options.forest, seed });
  const anions = new Set(IONIC_ANIONS.map((symbol) => atomicNumber(symbol) as number));
  const made = augmentCompositions(compositions, mobileIon, anions, options.made, seed);
  const guesses = predictForest(forest, describe(features, made, mobileIon));
  const examples: Example[] = [
    ...labels.map(({ composition, probability }) => ({ composition, probability, weight: options.labelWeight })),
    ...made.map((composition, i) => ({ composition, probability: guesses[i], weight: 1 })),
  ];
  return { weights: await trainStudent(features, examples, { ...options.training, seed }), forest };
}

/** Fold of each label; no chemical system is in two folds. */
export function systemFolds(labels: readonly FormulaLabel[], { folds, seed }: DistillOptions): Int32Array {
  return groupedFolds(
    labels.map(({ composition }) => formatSystem(composition.atomicNumbers)),
    folds,
    seed,
  );
}

/** Distill on all folds but one and judge the student on that one, whose systems neither it nor its forest has seen. */
export async function evaluateFold(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  fold: number,
  options: DistillOptions,
): Promise<FoldEvaluation> {
  const folds = systemFolds(labels, options);
  const heldOut = labels.filter((_, i) => folds[i] === fold);
  const { weights, forest } = await distill(
    labels.filter((_, i) => folds[i] !== fold),
    features,
    options,
  );
  const compositions = heldOut.map(({ composition }) => composition);
  const truth = heldOut.map(({ probability }) => probability >= options.threshold);
  const guesses = predictForest(forest, describe(features, compositions, options.mobileIon));
  return {
    formulas: heldOut.length,
    positives: truth.filter(Boolean).length,
    student: binaryMetrics(truth, studentProbabilities(features, weights, compositions), options.threshold),
    forest: binaryMetrics(truth, guesses, options.threshold),
  };
}

function studentProbabilities(
  features: ElementFeatures,
  weights: Weights,
  compositions: readonly Composition[],
): Float64Array {
  return Float64Array.from(compositions, (composition) => sigmoid(forward(features, weights, composition)));
}
