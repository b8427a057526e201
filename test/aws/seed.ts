import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../shared/hash.ts';
import {
  CURRENT_STUDENT_KEY,
  type CurrentStudent,
  encodeCurrentStudent,
  studentKey,
} from '../../shared/models/current-student.ts';
import type { Cloud } from './harness/cloud.ts';
import { ROOT } from './harness/install.ts';

/** A file that the project ships. */
export function shipped(path: string): Promise<Buffer> {
  return readFile(join(ROOT, path));
}

/** Put what is shipped into the bucket, as after a first deployment: spaces, teacher and labels. */
export async function seed({ store }: Cloud): Promise<void> {
  await store.put('labels/labels.csv.gz', await shipped('data/labels.csv.gz'));
  await store.put('teacher/teacher.json', await shipped('models/teacher-sendek-2017.json'));
  for (const space of ['small', 'ionic-quinary'])
    await store.put(`spaces/${space}.json`, await shipped(`data/spaces/${space}.json`));
}

/** Put the shipped student into use, with its companions. */
export async function useShippedStudent({ store }: Cloud): Promise<CurrentStudent> {
  const bytes = await shipped('models/student.onnx');
  const hash = sha256(bytes);
  const student = studentKey(hash, 'student.onnx');
  await store.put(student, bytes);
  await store.put(studentKey(hash, 'committee.onnx'), await shipped('models/committee.onnx'));
  await store.put(studentKey(hash, 'labels.csv.gz'), await shipped('data/labels.csv.gz'));
  const cardBytes = await shipped('models/student.card.json');
  await store.put(studentKey(hash, 'student.card.json'), cardBytes);
  const { teacher, labels, ...card } = JSON.parse(cardBytes.toString());
  const averagePrecision = card.student.averagePrecision.mean;
  const hashes = { hash, teacherHash: teacher.hash, labelsHash: labels.hash };
  const current = { student, ...hashes, averagePrecision, previous: null };
  await store.put(CURRENT_STUDENT_KEY, encodeCurrentStudent(current));
  return current;
}
