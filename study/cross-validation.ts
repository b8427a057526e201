import { predictFold } from '../shared/committee/assemble-committee.ts';
import type { CommitteeTask } from '../shared/committee/committee.ts';
import type { FormulaLabel } from '../shared/labels/label.ts';
import { addPredictions, ForestGrower } from '../shared/learning/forest.ts';
import { fitLogistic, logisticLogit, sigmoid } from '../shared/learning/logistic.ts';
import { describe } from '../shared/student/descriptors.ts';
import { distillTask, foldTask, studentProbabilities } from '../shared/student/distill.ts';
import { splitFold, systemFolds } from '../shared/student/splits.ts';
import type { TrainingSet } from '../shared/student/training-set.ts';
import { fitSupportVectors } from './support-vectors.ts';

/** Kinds of students that are compared. All but the last three give a score per composition only. */
export const STUDENT_KINDS = ['logistic', 'supportVectors', 'forest', 'extraTrees', 'student', 'committee'] as const;
export type StudentKind = (typeof STUDENT_KINDS)[number];

/** What a model says of the formulas of one fold, in the order of the labels. */
export interface FoldScores {
  readonly scores: Float64Array; // probabilities, but for support vectors: decision values
  readonly spread?: Float64Array; // of a committee: standard deviation over its members
}

/** The labels of a study with everything to learn from them. */
export type StudyTask = CommitteeTask;

/** Scores by one or several models that share their work. */
export type FoldResult = Readonly<Partial<Record<StudentKind, FoldScores>>>;

/** What is trained at once. The student's distillation grows the extremely randomized trees. */
export const FOLD_JOBS = ['student', 'committee', 'forest', 'supportVectors', 'logistic'] as const;
export type FoldJob = (typeof FOLD_JOBS)[number];

const COST = 10; // C of the support vectors
const FOREST = { trees: 100, featureShare: 0.3, minimumLeaf: 1 };

/** Learn from all folds but one and score that one; no chemical system is on both sides. */
export async function scoreFold(task: StudyTask, fold: number, job: FoldJob): Promise<FoldResult> {
  if (job === 'student') return await distillFold(task, fold);
  if (job === 'committee') {
    const { mean, spread } = predictFold(task, fold);
    return { committee: { scores: mean, spread } };
  }
  if (job === 'forest') return { forest: { scores: forestFold(task.ionic, task, fold) } };
  const { learned, heldOut } = splitFold(task.ionic, systemFolds(task.ionic, task.options), fold);
  const rows = descriptorRows(learned, task);
  const positive = learned.map(({ probability }) => probability >= task.options.threshold);
  const asked = descriptorRows(heldOut, task);
  if (job === 'logistic') {
    const model = fitLogistic(rows, positive, 1);
    return { logistic: { scores: Float64Array.from(asked, (row) => sigmoid(logisticLogit(model, row))) } };
  }
  const score = fitSupportVectors(rows, positive, COST);
  return { supportVectors: { scores: Float64Array.from(asked, (row) => score(row)) } };
}

async function distillFold({ ionic, features, options }: StudyTask, fold: number): Promise<FoldResult> {
  const task = foldTask(ionic, features, fold, options);
  const { weights, guesses } = await distillTask(task);
  const compositions = task.heldOut.map(({ composition }) => composition);
  return {
    student: { scores: studentProbabilities(features, weights, compositions) },
    extraTrees: { scores: guesses },
  };
}

/**
 * A random forest that learns probabilities from all folds but one.
 *
 * @param labels of the formulas, by any merge of polymorphs
 * @returns its probability for each formula of that fold
 */
export function forestFold(
  labels: readonly FormulaLabel[],
  { features, options }: Pick<TrainingSet, 'features' | 'options'>,
  fold: number,
): Float64Array {
  const { learned, heldOut } = splitFold(labels, systemFolds(labels, options), fold);
  const table = (some: readonly FormulaLabel[]): Float32Array =>
    describe(
      features,
      some.map(({ composition }) => composition),
      options.mobileIon,
    );
  const targets = Float64Array.from(learned, ({ probability }) => probability);
  const grower = new ForestGrower(table(learned), targets, { ...FOREST, seed: options.seed });
  const [asked, sums] = [table(heldOut), new Float64Array(heldOut.length)];
  for (let t = 0; t < FOREST.trees; t++) addPredictions(grower.grow(), asked, sums);
  return sums.map((sum) => sum / FOREST.trees);
}

function descriptorRows(labels: readonly FormulaLabel[], { features, options }: StudyTask): Float32Array[] {
  const table = describe(
    features,
    labels.map(({ composition }) => composition),
    options.mobileIon,
  );
  const width = table.length / labels.length;
  return labels.map((_, i) => table.subarray(i * width, (i + 1) * width));
}
