import type { ConditionalStore } from '../shared/io/store/store.ts';
import { once } from '../shared/once.ts';
import { assessCandidate } from '../shared/retraining/assess.ts';
import type { Candidate } from '../shared/retraining/candidate.ts';
import { jobKey } from '../shared/retraining/job-keys.ts';
import { JOB_EVENT, parseEvent } from './events.ts';

/** What assessing a candidate needs. */
export interface AssessRuntime {
  readonly store: ConditionalStore;
  readonly margin: number; // by which a candidate's average precision may be lower than that of the student in use
}

/** The verdict on a candidate; also the event that promotes it. */
export interface AssessReceipt
  extends Pick<
    Candidate,
    'jobId' | 'student' | 'hash' | 'averagePrecision' | 'current' | 'expected' | 'promote' | 'reason'
  > {
  readonly candidate: string; // key of candidate.json
}

/** Parse, assess, store, acknowledge. Equal trainings give the same student, so retries are safe. */
export function createAssessHandler(load: () => Promise<AssessRuntime>): (event: unknown) => Promise<AssessReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { jobId } = parseEvent(JOB_EVENT, event, 'assess');
    const { store, margin } = await runtime();
    const { teacherHash: _, labelsHash: __, ...verdict } = await assessCandidate(store, jobId, margin);
    return { ...verdict, candidate: jobKey(jobId, 'candidate.json') };
  };
}
