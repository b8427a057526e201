import * as v from 'valibot';
import { sha256 } from '../hash.ts';
import { storeInputs } from '../io/store/inputs.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import type { CurrentStudent } from '../models/current-student.ts';
import { fields, finite, finiteOrNaN, flag, type Shape, sha256Text, text } from '../shape.ts';
import type { RetrainingJob } from './job.ts';
import { LABELS_KEY, TEACHER_KEY } from './job-keys.ts';

/** A new student and the verdict on it, as `candidate.json` has it. */
export interface Candidate extends Omit<CurrentStudent, 'previous'> {
  readonly jobId: string;
  readonly current: number | null; // average precision of the student in use; null = there is none
  readonly expected: string | null; // version of the pointer to it
  readonly promote: boolean;
  readonly reason: string; // in words, with the figures
}

/** What `candidate.json` is made of. */
export const CANDIDATE: Shape<Candidate> = fields({
  jobId: text,
  student: text,
  hash: sha256Text,
  teacherHash: sha256Text,
  labelsHash: sha256Text,
  averagePrecision: finiteOrNaN,
  current: v.nullable(finite),
  expected: v.nullable(text),
  promote: flag,
  reason: text,
});

/**
 * What has taken the place of something that the job began with, in words, or undefined. A student made from what is no
 * longer in use must not displace one made from what is, nor its labels those that came in meanwhile.
 */
export async function replacedInput(
  store: ConditionalStore,
  job: RetrainingJob,
  labelsHash: string,
): Promise<string | undefined> {
  const inputs = storeInputs(store);
  const [teacher, labels] = [await inputs.find(TEACHER_KEY), await inputs.find(LABELS_KEY)];
  const hashOf = (bytes: Uint8Array | undefined): string => (bytes === undefined ? 'none' : sha256(bytes));
  if (hashOf(teacher) !== job.teacherHash) return `${TEACHER_KEY} was replaced after job ${job.jobId} began`;
  const isOwn = labels !== undefined && sha256(unpackGzip(labels, `${store.location}/${LABELS_KEY}`)) === labelsHash;
  if (isOwn || hashOf(labels) === job.baseLabelsHash) return undefined;
  return `${LABELS_KEY} was replaced after job ${job.jobId} began: start the retraining again`;
}
