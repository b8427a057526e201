import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { ConditionalStore, ObjectStore } from '../io/store/store.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import { decodeCard } from '../models/card-file.ts';
import {
  CURRENT_STUDENT_KEY,
  encodeCurrentStudent,
  loadCurrentStudent,
  studentKey,
  type VersionedStudent,
} from '../models/current-student.ts';
import { CANDIDATE, type Candidate, replacedInput } from './candidate.ts';
import { damagedJob, loadJob, loadSealed } from './job.ts';
import { jobKey, LABELS_KEY } from './job-keys.ts';
import { loadLabels } from './training-job.ts';

/** What became of a promotion. */
export interface Promotion {
  readonly promoted: boolean; // the candidate is in use now
  readonly reason: string;
}

/**
 * Put a candidate in use by one conditional write of the pointer; then its labels become the base of the next
 * retraining. Of several promotions at once one is done. May be repeated.
 *
 * @param expected version of the pointer that the candidate was compared with; null = there was none
 */
export async function promoteCandidate(
  store: ConditionalStore,
  jobId: string,
  expected: string | null,
): Promise<Promotion & Pick<Candidate, 'student' | 'hash'>> {
  const candidate = await loadSealed(CANDIDATE, store, jobId, 'candidate.json');
  const { student, hash, promote, reason } = candidate;
  if (!promote) return { student, hash, promoted: false, reason };
  await checkModel(store, candidate);
  const labels = await loadCandidateLabels(store, candidate);
  const before = await store.stat(LABELS_KEY);
  const replaced = await replacedInput(store, await loadJob(store, jobId), candidate.labelsHash);
  if (replaced !== undefined) return { student, hash, promoted: false, reason: replaced };
  const won = await movePointer(store, candidate, expected);
  if (won.promoted) await replaceLabels(store, labels, before?.version);
  return { student, hash, ...won };
}

async function movePointer(
  store: ConditionalStore,
  { jobId, student, hash, teacherHash, labelsHash, averagePrecision, reason }: Candidate,
  expected: string | null,
): Promise<Promotion> {
  const pointer = { student, hash, teacherHash, labelsHash, averagePrecision };
  const found = await loadCurrentStudent(store);
  if (found?.current.hash === pointer.hash) return { promoted: true, reason };
  if ((found?.version ?? null) !== expected) return outrun(jobId, found);
  const next = encodeCurrentStudent({ ...pointer, previous: found?.current.hash ?? null });
  if (await store.putIf(CURRENT_STUDENT_KEY, next, found?.version)) return { promoted: true, reason };
  const now = await loadCurrentStudent(store);
  return now?.current.hash === pointer.hash ? { promoted: true, reason } : outrun(jobId, now);
}

function outrun(jobId: string, now: VersionedStudent | undefined): Promotion {
  const other = now === undefined ? 'the pointer was deleted' : `student ${now.current.hash} was promoted`;
  return { promoted: false, reason: `${other} after job ${jobId} was compared: start the retraining again` };
}

/** The model must be the candidate's, and its card whole. */
async function checkModel(store: ObjectStore, { student, hash }: Candidate): Promise<void> {
  const [model, cardKey] = [await store.get(student), studentKey(hash, 'student.card.json')];
  const actual = model && sha256(model);
  if (actual !== hash)
    throw new IntegrityError(
      actual === undefined ? 'it is missing' : `its SHA-256 is ${actual}, and the candidate's is ${hash}`,
      { file: `${store.location}/${student}` },
      'Assess the candidate again: redrive the execution.',
    );
  const card = await store.get(cardKey);
  if (card !== undefined) decodeCard(card, `${store.location}/${cardKey}`);
}

async function loadCandidateLabels(store: ObjectStore, { jobId, labelsHash }: Candidate): Promise<Uint8Array> {
  const bytes = await loadLabels(store, jobId);
  const actual = sha256(unpackGzip(bytes, `${store.location}/${jobKey(jobId, 'labels.csv.gz')}`));
  if (actual === labelsHash) return bytes;
  throw damagedJob(`its SHA-256 is ${actual}, and the candidate's is ${labelsHash}`, store, jobId, 'labels.csv.gz');
}

/** Only if nobody, such as a later promotion, has replaced them since they were found to be ours to replace. */
async function replaceLabels(store: ConditionalStore, labels: Uint8Array, before: string | undefined): Promise<void> {
  const current = await store.getVersioned(LABELS_KEY);
  if (current !== undefined && sha256(current.bytes) === sha256(labels)) return;
  await store.putIf(LABELS_KEY, labels, before);
}
