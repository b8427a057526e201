import type { Composition } from '../shared/chemistry/formula.ts';
import type { FormulaLabel } from '../shared/labels/label.ts';
import { distill } from '../shared/student/distill.ts';
import { forward } from '../shared/student/network.ts';
import { checkApart } from '../shared/student/splits.ts';
import type { TrainingSet } from '../shared/student/training-set.ts';
import { type FoldJob, type FoldResult, forestFold, type StudyTask, scoreFold } from './cross-validation.ts';
import {
  type DescribedCompound,
  type LearningPoint,
  type LeaveOneOutRow,
  learningCurve,
  leaveOneOutRows,
} from './small-data.ts';

/** What labels are learned with. */
type Setting = Pick<TrainingSet, 'features' | 'options'>;

/** A part of a study that needs nothing of the others. */
export type StudyJob =
  | { readonly fold: number; readonly train: FoldJob; readonly task: StudyTask }
  | { readonly fold: number; readonly merged: readonly FormulaLabel[]; readonly setting: Setting }
  | {
      readonly distillFrom: readonly FormulaLabel[];
      readonly score: readonly { readonly composition: Composition }[];
      readonly setting: Setting;
    }
  | { readonly leaveOneOut: readonly DescribedCompound[]; readonly seed: number }
  | {
      readonly learn: readonly DescribedCompound[];
      readonly sizes: readonly number[];
      readonly draws: number;
      readonly seed: number;
    };

/** What the job of each kind gives. */
export interface StudyJobResult {
  readonly fold?: FoldResult;
  readonly scores?: Float64Array; // probabilities of the fold's formulas, or logits of the compositions to score
  readonly leaveOneOut?: readonly LeaveOneOutRow[];
  readonly learningCurve?: readonly LearningPoint[];
}

/** Do one part. */
export async function runStudyJob(job: StudyJob): Promise<StudyJobResult> {
  if ('train' in job) return { fold: await scoreFold(job.task, job.fold, job.train) };
  if ('merged' in job) return { scores: forestFold(job.merged, job.setting, job.fold) };
  if ('leaveOneOut' in job) return { leaveOneOut: leaveOneOutRows(job.leaveOneOut, job.seed) };
  if ('learn' in job) return { learningCurve: learningCurve(job.learn, job.sizes, job.draws, job.seed) };
  const { features, options } = job.setting;
  checkApart({ learned: job.distillFrom, heldOut: job.score });
  const { weights } = await distill(job.distillFrom, features, options);
  return { scores: Float64Array.from(job.score, ({ composition }) => forward(features, weights, composition)) };
}

/** A job in few words. */
export function describeJob(job: StudyJob): string {
  if ('train' in job) return `${job.train}, fold ${job.fold + 1}`;
  if ('merged' in job) return `forest on merged polymorphs, fold ${job.fold + 1}`;
  if ('leaveOneOut' in job) return 'leave-one-out';
  return 'learn' in job ? 'learning curve' : 'student without labels of measured systems';
}
