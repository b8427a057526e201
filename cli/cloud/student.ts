import { existsSync } from 'node:fs';
import { packagePath } from '../../local/shipped/package-root.ts';
import { DEFAULT_SPACE } from '../../local/shipped/spaces.ts';
import { findStudent, isShipped, SHIPPED_STUDENTS, type StudentFiles } from '../../local/shipped/students.ts';
import { InputError } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { readBytes } from '../../shared/io/store/files.ts';
import type { ConditionalStore } from '../../shared/io/store/store.ts';
import { readCard } from '../../shared/models/card-file.ts';
import { readModel } from '../../shared/models/companions.ts';
import {
  CURRENT_STUDENT_KEY,
  encodeCurrentStudent,
  loadCurrentStudent,
  type StudentFile,
  studentKey,
} from '../../shared/models/current-student.ts';
import { openStudent, readStudentMetadata } from '../../shared/models/student-session.ts';
import type { PreparedSource } from '../../shared/planning/prepared-source.ts';
import { LABELS_KEY, TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import { fields, finite, sha256Text } from '../../shared/shape.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { type CloudStudent, putCompanions } from './companions.ts';

const SHIPPED: Readonly<Record<StudentFile, string>> = {
  'student.onnx': 'models/student.onnx',
  'student.card.json': 'models/student.card.json',
  'student.card.md': 'models/student.card.md',
  'committee.onnx': 'models/committee.onnx',
  'labels.csv.gz': 'data/labels.csv.gz',
};

/**
 * The student to screen with: the one in use, or the shipped one where none is in use yet.
 *
 * @param asked instead: a shipped student or a model file, which is put into the bucket with what lies beside it, or the
 * SHA-256 of one that is there
 * @param source that a model file is checked against before it is put anywhere
 */
export async function resolveStudent(
  store: ConditionalStore,
  asked: string | undefined,
  source: PreparedSource | undefined,
): Promise<CloudStudent> {
  if (asked === undefined) return completed(store, (await inUse(store)) ?? (await provision(store)));
  if (isShipped(asked) || existsSync(asked)) return putStudent(store, findStudent(asked), source);
  if (/^[0-9a-f]{64}$/.test(asked)) {
    const key = studentKey(asked, 'student.onnx');
    const bytes = await store.get(key);
    if (bytes !== undefined) return { key, hash: asked, ...labelsOf(bytes, `${store.location}/${key}`) };
  }
  throw new InputError(
    `${JSON.stringify(asked)} is neither a shipped student nor a model file nor the SHA-256 of a student in ${store.location}`,
    { column: '--student' },
    `Give one of them, or leave the option out for the student in use.${didYouMean(asked, SHIPPED_STUDENTS)}`,
  );
}

/** A bucket that an earlier version provisioned has the shipped student without what goes with it. */
async function completed(store: ConditionalStore, student: CloudStudent): Promise<CloudStudent> {
  const { student: path, labels } = findStudent();
  const isWhole = (await store.stat(studentKey(student.hash, 'committee.onnx'))) !== undefined;
  if (!isWhole && sha256(await readBytes(path)) === student.hash) await putCompanions(store, student, path, { labels });
  return student;
}

async function inUse(store: ConditionalStore): Promise<CloudStudent | undefined> {
  const found = await loadCurrentStudent(store);
  if (found === undefined) return undefined;
  const { student: key, hash, labelsHash } = found.current;
  return { key, hash, labelsHash };
}

function labelsOf(bytes: Uint8Array, name: string): Pick<CloudStudent, 'labelsHash'> {
  return { labelsHash: readStudentMetadata(bytes, name).labelsHash };
}

async function putStudent(
  store: ConditionalStore,
  { student: path, labels }: StudentFiles,
  source: PreparedSource | undefined,
): Promise<CloudStudent> {
  const bytes = await readModel(path);
  const session = await openStudent(bytes, path, 1);
  try {
    source?.checkStudent(session);
  } finally {
    await session.release();
  }
  const hash = sha256(bytes);
  const key = studentKey(hash, 'student.onnx');
  const student = { key, hash, ...labelsOf(bytes, path) };
  await putCompanions(store, student, path, { labels });
  await store.putIf(key, bytes, undefined); // what is there already has the same hash
  return student;
}

const SHIPPED_CARD = fields({
  modelHash: sha256Text,
  teacher: fields({ hash: sha256Text }),
  labels: fields({ hash: sha256Text }),
  student: fields({ averagePrecision: fields({ mean: finite }) }),
});

/**
 * Give an empty bucket what the project ships: default space, student with its companions, labels, teacher and the pointer to the student. Whoever writes
 * the pointer first wins. The teacher comes last: it is an event that has students distilled anew unless the student in
 * use was made from that very teacher.
 */
async function provision(store: ConditionalStore): Promise<CloudStudent> {
  const model = await readBytes(packagePath(SHIPPED['student.onnx']));
  const hash = sha256(model);
  for (const [file, path] of Object.entries(SHIPPED))
    await putShipped(store, studentKey(hash, file as StudentFile), path);
  await putShipped(store, `spaces/${DEFAULT_SPACE}.json`, `data/spaces/${DEFAULT_SPACE}.json`);
  await putShipped(store, LABELS_KEY, 'data/labels.csv.gz');
  const cardPath = packagePath(SHIPPED['student.card.json']);
  const card = readCard(SHIPPED_CARD, await readBytes(cardPath), cardPath);
  const pointer = encodeCurrentStudent({
    student: studentKey(hash, 'student.onnx'),
    hash,
    teacherHash: card.teacher.hash,
    labelsHash: card.labels.hash,
    averagePrecision: card.student.averagePrecision.mean,
    previous: null,
  });
  await store.putIf(CURRENT_STUDENT_KEY, pointer, undefined);
  await putShipped(store, TEACHER_KEY, 'models/teacher-sendek-2017.json');
  const current = await inUse(store);
  if (current === undefined) throw new Error(`${CURRENT_STUDENT_KEY} was deleted while it was written`);
  process.stderr.write(
    `${store.location} had no student: it gets the shipped one with its committee, labels and teacher, and the default space\n`,
  );
  return current;
}

/** What is there already stays. */
async function putShipped(store: ConditionalStore, key: string, path: string): Promise<void> {
  await store.putIf(key, await readBytes(packagePath(path)), undefined);
}
