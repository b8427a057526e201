import { parentPort, workerData } from 'node:worker_threads';
import { predictFold, trainCommittee } from '../shared/student/assemble-committee.ts';
import type { CommitteeTask } from '../shared/student/committee.ts';
import type { HeldOutFold } from '../shared/student/committee-evaluation.ts';
import type { Tree } from '../shared/student/regression-tree.ts';
import type { JobAnswer } from './worker-jobs.ts';

/** One committee: with a fold held out and predicted, or of all labels. */
export interface CommitteeJob extends CommitteeTask {
  readonly fold?: number;
}

/** The predictions for a held-out fold, or the trees of all labels. */
export interface CommitteeJobResult {
  readonly heldOut?: HeldOutFold;
  readonly members?: readonly Tree[];
}

function run({ fold, ...task }: CommitteeJob): JobAnswer<CommitteeJobResult> {
  try {
    return { result: fold === undefined ? { members: trainCommittee(task) } : { heldOut: predictFold(task, fold) } };
  } catch (error) {
    const { name, message } = error as Error;
    return { failure: { name, message } };
  }
}

parentPort?.postMessage(run(workerData as CommitteeJob));
