import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../shared/hash.ts';
import { CURRENT_STUDENT_KEY, encodeCurrentStudent, studentKey } from '../../shared/student/current-student.ts';
import type { Cloud } from './harness/cloud.ts';
import { ROOT } from './harness/install.ts';

/** A file that the project ships. */
export function shipped(path: string): Promise<Buffer> {
  return readFile(join(ROOT, path));
}

/** Put the shipped student, spaces, teacher and labels into the bucket, as a first deployment has them. */
export async function seed({ store }: Cloud): Promise<{ readonly student: string; readonly hash: string }> {
  const bytes = await shipped('models/student.onnx');
  const hash = sha256(bytes);
  const student = studentKey(hash, 'student.onnx');
  await store.put(student, bytes);
  await store.put(studentKey(hash, 'student.card.json'), await shipped('models/student.card.json'));
  await store.put('labels/labels.csv.gz', await shipped('data/labels.csv.gz'));
  await store.put('teacher/teacher.json', await shipped('models/teacher-sendek-2017.json'));
  await store.put('spaces/small.json', await shipped('data/spaces/small.json'));
  const { teacher, labels, ...card } = JSON.parse((await shipped('models/student.card.json')).toString());
  const averagePrecision = card.student.averagePrecision.mean;
  const hashes = { hash, teacherHash: teacher.hash, labelsHash: labels.hash };
  const pointer = encodeCurrentStudent({ student, ...hashes, averagePrecision, previous: null });
  await store.put(CURRENT_STUDENT_KEY, pointer);
  return { student, hash };
}
