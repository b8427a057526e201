import { answerItems } from '../../local/threads/pool.ts';
import { predictFold, trainCommittee } from '../../shared/committee/assemble-committee.ts';
import type { CommitteeTask } from '../../shared/committee/committee.ts';
import type { HeldOutFold } from '../../shared/committee/committee-evaluation.ts';
import type { Tree } from '../../shared/learning/regression-tree.ts';

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

answerItems(run);
