import { atomicNumber } from '../chemistry/elements.ts';
import { type Composition, formatSystem } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { FormulaLabel } from '../labels/label.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { IONIC_ANIONS } from '../labels/merge-polymorphs.ts';
import type { ElementFeatures } from './element-features.ts';
import type { ForestOptions } from './forest.ts';
import { learnMeasurements } from './measured-forest.ts';
import { type ConductivityScale, measuredLoss } from './measured-likelihood.ts';
import { compositionsNear } from './near-measured.ts';
import { DEFAULT_SIZE, type Weights } from './network.ts';
import { type Example, StudentTraining, type TrainingOptions } from './trainer.ts';

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

/** Settings chosen on half of the held-out comparison; `docs/method.md` says how they compare with others. */
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
  readonly transferred?: Weights; // to start from; without them the student starts from scratch
  readonly options: FineTuneOptions;
}

/** A fine-tuned student. */
export interface FineTunedStudent {
  readonly weights: Weights;
  readonly scale: ConductivityScale;
  readonly guesses: (compositions: readonly Composition[]) => Float64Array; // of the forest, log10 of S/cm
}

/**
 * Fine-tune a student on measured conductivities: a forest learns them and labels compositions near them; the student, from
 * the weights it was transferred with, learns those labels together with the measurements, whose bounds count by their likelihood.
 */
export async function fineTune({
  measured,
  known,
  features,
  transferred,
  options,
}: FineTuneTask): Promise<FineTunedStudent> {
  const { seed, mobileIon, threshold } = options;
  const forest = learnMeasurements(measured, features, mobileIon, { ...options.forest, seed });
  const scale = { threshold, scale: forest.scale };
  const guessed = [...madeNear(measured, known, options), ...known];
  const guesses = forest.predict(guessed);
  const examples: Example[] = [
    ...measured.flatMap(({ composition, log10, bound }) =>
      new Array<Example>(options.repeats).fill({ composition, ...measuredLoss(log10, bound, scale), weight: 1 }),
    ),
    ...guessed.map((composition, i) => ({ composition, ...measuredLoss(guesses[i], 'exact', scale), weight: 1 })),
  ];
  const training = await StudentTraining.open(
    features,
    examples,
    { ...options.training, seed },
    transferred && { step: 0, averaged: 0, arrays: transferred },
  );
  try {
    while (!training.done) await training.step();
    return { weights: training.weights(), scale, guesses: forest.predict };
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
