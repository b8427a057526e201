import { predictFold, trainCommittee } from '../shared/student/assemble-committee.ts';
import type { CommitteeTask } from '../shared/student/committee.ts';
import type { HeldOutFold } from '../shared/student/committee-evaluation.ts';
import type { Tree } from '../shared/student/regression-tree.ts';
import { answerJob } from './answer-job.ts';

/** One committee: with a fold held out and predicted, or of all labels. */
export interface CommitteeJob extends CommitteeTask {
  readonly fold?: number;
}

/** The predictions for a held-out fold, or the trees of all labels. */
export interface CommitteeJobResult {
  readonly heldOut?: HeldOutFold;
  readonly members?: readonly Tree[];
}

function run({ fold, ...task }: CommitteeJob): CommitteeJobResult {
  return fold === undefined ? { members: trainCommittee(task) } : { heldOut: predictFold(task, fold) };
}

await answerJob(run);
