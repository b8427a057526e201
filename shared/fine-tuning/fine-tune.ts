import { atomicNumber } from '../chemistry/elements.ts';
import { type Composition, formatSystem } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { FormulaLabel } from '../labels/label.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { IONIC_ANIONS } from '../labels/merge-polymorphs.ts';
import type { ForestOptions } from '../learning/forest.ts';
import type { ElementFeatures } from '../student/element-features.ts';
import { DEFAULT_SIZE, type Weights } from '../student/network.ts';
import { type Example, StudentTraining, type TrainingOptions } from '../student/trainer.ts';
import { learnMeasurements, type MeasuredForest } from './measured-forest.ts';
import { type ConductivityScale, measuredLoss } from './measured-likelihood.ts';
import { compositionsNear } from './near-measured.ts';

/** How a student is fine-tuned. Everything random follows from `seed`. */
export interface FineTuneOptions {
  readonly seed: number;
  readonly threshold: number; // log10 of the conductivity in S/cm that the probability is about
  readonly mobileIon: number; // atomic number
  readonly made: number; // compositions near measured ones that the forest labels
  readonly repeats: number; // how often a measurement counts where a label of the forest counts once
  readonly forest: Omit<ForestOptions, 'seed'>;
  readonly training: Omit<TrainingOptions, 'seed'>;
}

/** Settings chosen on half of the held-out comparison; `docs/explanation/method.md` says how they compare with others. */
export const FINE_TUNE_DEFAULTS: Omit<FineTuneOptions, 'seed' | 'mobileIon'> = {
  threshold: -4,
  made: 20_000,
  repeats: 10,
  forest: { trees: 100, featureShare: 0.2, minimumLeaf: 1 },
  training: { size: DEFAULT_SIZE, steps: 4000, batch: 256, learningRate: 2e-3, weightDecay: 0.02, averageFrom: 0.7 },
};

const LEAST_SYSTEMS = 20;

/** What a student is fine-tuned on. */
export interface FineTuneTask {
  readonly measured: readonly MeasuredComposition[];
  readonly known: readonly Composition[]; // compositions of known structures: where the student must stay sensible
  readonly features: ElementFeatures;
  readonly transferred?: Weights | undefined; // to start from; without them the student starts from scratch
  readonly options: FineTuneOptions;
}

/** A fine-tuned student. */
export interface FineTunedStudent {
  readonly weights: Weights;
  readonly scale: ConductivityScale;
}

/** What a student learns from in fine-tuning. */
export interface Lessons {
  readonly scale: ConductivityScale;
  readonly measured: readonly Example[]; // by the likelihood of their values and bounds
  readonly guessed: readonly Example[]; // labelled by the forest
  readonly forest: MeasuredForest;
}

/**
 * Fine-tune a student on measured conductivities: a forest learns them and labels compositions near them; the student, from
 * the weights it was transferred with, learns those labels together with the measurements, whose bounds count by their likelihood.
 */
export async function fineTune(task: FineTuneTask): Promise<FineTunedStudent> {
  const { features, transferred, options } = task;
  const lessons = prepareLessons(task);
  const training = { ...options.training, seed: options.seed };
  return {
    weights: await learn(lessonExamples(lessons, options), features, training, transferred),
    scale: lessons.scale,
  };
}

/** All examples of the lessons, the measurements repeated. */
export function lessonExamples({ measured, guessed }: Lessons, { repeats }: FineTuneOptions): Example[] {
  return [...measured.flatMap((example) => new Array<Example>(repeats).fill(example)), ...guessed];
}

/** Have a forest learn the measurements and label made and known compositions. */
export function prepareLessons({ measured, known, features, options }: Omit<FineTuneTask, 'transferred'>): Lessons {
  const { seed, mobileIon, threshold } = options;
  const forest = learnMeasurements(measured, features, mobileIon, { ...options.forest, seed });
  const scale = { threshold, scale: forest.scale };
  const compositions = [...madeNear(measured, known, options), ...known];
  const guesses = forest.predict(compositions);
  return {
    scale,
    measured: measured.map(({ composition, log10, bound }) => ({
      composition,
      ...measuredLoss(log10, bound, scale),
      weight: 1,
    })),
    guessed: compositions.map((composition, i) => ({
      composition,
      ...measuredLoss(guesses[i], 'exact', scale),
      weight: 1,
    })),
    forest,
  };
}

/** Train a student on examples, from given weights or from random ones. */
export async function learn(
  examples: readonly Example[],
  features: ElementFeatures,
  options: TrainingOptions,
  from: Weights | undefined,
): Promise<Weights> {
  const state = from && { step: 0, averaged: 0, arrays: from };
  const training = await StudentTraining.open(features, examples, options, state);
  try {
    while (!training.done) await training.step();
    return training.weights();
  } finally {
    await training.release();
  }
}

function madeNear(
  measured: readonly MeasuredComposition[],
  known: readonly Composition[],
  { made, mobileIon, seed }: FineTuneOptions,
): Composition[] {
  const compositions = measured.map(({ composition }) => composition);
  const elements = [...compositions, ...known].flatMap(({ atomicNumbers }) => atomicNumbers);
  const anions = new Set(IONIC_ANIONS.map((symbol) => atomicNumber(symbol) as number));
  return compositionsNear(compositions, elements, mobileIon, anions, made, seed);
}

/** The labels of chemical systems in which nothing was measured. */
export function unmeasuredLabels(
  labels: readonly FormulaLabel[],
  measured: readonly MeasuredComposition[],
): FormulaLabel[] {
  const systems = new Set(measured.map(({ system }) => system));
  return labels.filter(({ composition }) => !systems.has(formatSystem(composition.atomicNumbers)));
}

/**
 * Refuse measurements that leave too little to learn from or to judge by.
 *
 * @param file name for error messages
 */
export function checkSystems(measured: readonly MeasuredComposition[], file: string): void {
  const systems = new Set(measured.map(({ system }) => system)).size;
  if (systems >= LEAST_SYSTEMS) return;
  throw new InputError(
    `the measurements are of ${systems} chemical systems`,
    { file },
    `A comparison with systems held out takes at least ${LEAST_SYSTEMS}.`,
  );
}
