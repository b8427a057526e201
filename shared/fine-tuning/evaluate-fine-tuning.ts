import type { Composition } from '../chemistry/formula.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { forward, type Weights } from '../student/network.ts';
import { type FoldSplit, groupedFolds, splitFold } from '../student/splits.ts';
import { type FineTuneTask, learn, lessonExamples, prepareLessons } from './fine-tune.ts';
import { log10Of } from './measured-likelihood.ts';

/** What is compared on held-out systems. All give log10 of S/cm, but the transferred student, which gives a logit. */
export const COMPARED = ['fineTuned', 'untransferred', 'measurementsAlone', 'forest', 'transferred'] as const;
export type Compared = (typeof COMPARED)[number];

/** Predictions for what one fold holds out. */
export interface HeldOutPredictions {
  readonly rows: readonly number[]; // of the measured compositions
  readonly predictions: Readonly<Record<Compared, readonly number[]>>; // same order
}

/** Which part of which repeat is held out. */
export interface HeldOutPart {
  readonly fold: number;
  readonly folds: number;
  readonly seed: number; // of the split; another for each repeat
}

/** Split measured compositions by chemical system. */
export function splitMeasured(
  measured: readonly MeasuredComposition[],
  { fold, folds, seed }: HeldOutPart,
): FoldSplit<MeasuredComposition> & { readonly rows: readonly number[] } {
  const systems = measured.map(({ system }) => system);
  const assigned = groupedFolds(systems, folds, seed);
  const rows = measured.flatMap((_, i) => (assigned[i] === fold ? [i] : []));
  return { ...splitFold(measured, assigned, fold), rows };
}

/**
 * Learn from all folds but one and predict that one: by the fine-tuned student, by the same pipeline on random initial
 * weights, by the same network on nothing but the measurements, by the forest, and by the student that saw no measurement.
 *
 * @param task its transferred weights must come from labels without any measured system, for a strict comparison
 */
export async function predictHeldOut(
  task: FineTuneTask & { readonly transferred: Weights },
  held: HeldOutPart,
): Promise<HeldOutPredictions> {
  const { learned, heldOut, rows } = splitMeasured(task.measured, held);
  const { features, known, transferred } = task;
  const options = { ...task.options, seed: held.seed };
  const compositions = heldOut.map(({ composition }) => composition);
  const lessons = prepareLessons({ measured: learned, known, features, options });
  const training = { ...options.training, seed: held.seed };
  const all = lessonExamples(lessons, options);
  const predict = (weights: Weights): number[] =>
    logits(features, weights, compositions).map((logit) => log10Of(logit, lessons.scale));
  return {
    rows,
    predictions: {
      fineTuned: predict(await learn(all, features, training, transferred)),
      untransferred: predict(await learn(all, features, training, undefined)),
      measurementsAlone: predict(await learn(lessons.measured, features, { ...training, ...ALONE }, undefined)),
      forest: [...lessons.forest.predict(compositions)],
      transferred: logits(features, transferred, compositions),
    },
  };
}

const ALONE = { steps: 400, learningRate: 1e-3 }; // on some 300 examples; more overfits

function logits(features: FineTuneTask['features'], weights: Weights, compositions: readonly Composition[]): number[] {
  return compositions.map((composition) => forward(features, weights, composition));
}
