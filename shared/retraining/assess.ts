import { assembleCommittee } from '../committee/assemble-committee.ts';
import { COMMITTEE_PARTS } from '../committee/committee.ts';
import { sealJson } from '../io/store/sealed-json.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { encodeCard } from '../models/card-file.ts';
import { openCommittee } from '../models/committee-session.ts';
import { type CurrentStudent, loadCurrentStudent, type StudentFile, studentKey } from '../models/current-student.ts';
import { openStudent } from '../models/student-session.ts';
import { type AssembledStudent, assembleStudent } from '../student/assemble-student.ts';
import { renderCard } from '../student/card.ts';
import { type Candidate, replacedInput } from './candidate.ts';
import { jobKey } from './job-keys.ts';
import { loadLabels, openJob } from './training-job.ts';
import { loadTrainings } from './trainings.ts';

/**
 * Make the student of a job from its trainings, store it, and judge whether it may take the place of the one in use.
 *
 * @param margin by which its average precision on held-out systems may be lower
 */
export async function assessCandidate(store: ConditionalStore, jobId: string, margin: number): Promise<Candidate> {
  const open = await openJob(store, jobId);
  const { weights, folds, members, heldOut } = await loadTrainings(store, open);
  const student = assembleStudent(open.set, weights, folds);
  const { modelHash: hash, teacher, labels } = student.card;
  await (await openStudent(student.model, studentKey(hash, 'student.onnx'))).release(); // it does load and score
  const committee = assembleCommittee(open.set, COMMITTEE_PARTS, members, heldOut);
  await (await openCommittee(committee.model, 'committee.onnx')).release();
  await storeStudent(store, student, committee.model, await loadLabels(store, jobId));
  const averagePrecision = student.card.student.averagePrecision.mean;
  const current = await loadCurrentStudent(store);
  const replaced = await replacedInput(store, open.job, labels.hash);
  const verdict = judge({ hash, teacherHash: teacher.hash, averagePrecision }, current?.current, margin);
  const candidate: Candidate = {
    jobId,
    student: studentKey(hash, 'student.onnx'),
    hash,
    teacherHash: teacher.hash,
    labelsHash: labels.hash,
    averagePrecision,
    current: current?.current.averagePrecision ?? null,
    expected: current?.version ?? null,
    ...(replaced === undefined ? verdict : { promote: false, reason: replaced }),
  };
  await store.put(jobKey(jobId, 'candidate.json'), sealJson(candidate));
  return candidate;
}

/** The model comes last, so that its presence means that card and companions are there. */
async function storeStudent(
  store: ConditionalStore,
  { model, card }: AssembledStudent,
  committee: Uint8Array,
  labels: Uint8Array,
): Promise<void> {
  const keep = (file: StudentFile, bytes: Uint8Array): Promise<boolean> =>
    store.putIf(studentKey(card.modelHash, file), bytes, undefined); // never replaced
  await keep('student.card.json', encodeCard(card));
  await keep('student.card.md', Buffer.from(renderCard(card)));
  await keep('committee.onnx', committee);
  await keep('labels.csv.gz', labels);
  await keep('student.onnx', model);
}

/** Whether a candidate is not worse than the student in use by more than a margin, and why. */
export function judge(
  { hash, teacherHash, averagePrecision }: Pick<CurrentStudent, 'hash' | 'teacherHash' | 'averagePrecision'>,
  current: CurrentStudent | undefined,
  margin: number,
): { promote: boolean; reason: string } {
  const own = `average precision ${averagePrecision.toFixed(3)}`;
  if (!Number.isFinite(averagePrecision)) return { promote: false, reason: `the candidate has no average precision` };
  if (current === undefined) return { promote: true, reason: `${own}; there was no student before` };
  if (current.hash === hash) return { promote: true, reason: `${own}; it is the student in use` };
  const teachers = current.teacherHash === teacherHash ? '' : ' (on the labels of another teacher)';
  const comparison = `${own}, that of the student in use is ${current.averagePrecision.toFixed(3)}${teachers}`;
  const promote = averagePrecision >= current.averagePrecision - margin;
  return { promote, reason: `${comparison}: ${promote ? 'not worse' : 'worse'} by more than ${margin}` };
}
