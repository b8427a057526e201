import { existsSync } from 'node:fs';
import { InputError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { packagePath } from './package-root.ts';

/** A student with the files that go with it. */
export interface StudentFiles {
  readonly student: string; // path
  readonly labels?: string; // path; if absent, what lies beside the student counts
}

/** Students that the project ships, by the data that they saw last; paths in the package. */
const SHIPPED: Readonly<Record<string, string>> = {
  labels: 'models/student.onnx',
  measured: 'models/student-measured.onnx',
};
const SHIPPED_LABELS = 'data/labels.csv.gz';

/** The student that commands use unless told otherwise. */
export const DEFAULT_STUDENT = 'labels';

/** Description of the option that {@link findStudent} reads. */
export const STUDENT_OPTION =
  'labels (taught by the teacher alone), measured (then fine-tuned on measurements), or a model file';

/** Whether this is the name of a shipped student. */
export function isShipped(student: string): boolean {
  return Object.hasOwn(SHIPPED, student);
}

/** Names of the shipped students. */
export const SHIPPED_STUDENTS: readonly string[] = Object.keys(SHIPPED);

function unknownStudent(student: string): InputError {
  return new InputError(
    `${JSON.stringify(student)} is neither a file nor a shipped student`,
    { column: '--student' },
    `Give a model file, or one of ${SHIPPED_STUDENTS.join(', ')}.${didYouMean(student, SHIPPED_STUDENTS)}`,
  );
}

/**
 * Path of a student.
 *
 * @param student that path, or the name of a shipped student; a file that is named like one is `./labels`
 * @throws {InputError} if it is neither; a path may still lead nowhere
 */
export function findStudent(student = DEFAULT_STUDENT): StudentFiles {
  if (!isShipped(student)) {
    if (existsSync(student) || /[./\\]/.test(student)) return { student };
    throw unknownStudent(student);
  }
  const path = packagePath(SHIPPED[student]);
  if (existsSync(path)) return { student: path, labels: packagePath(SHIPPED_LABELS) };
  const there = Object.keys(SHIPPED).filter((name) => existsSync(packagePath(SHIPPED[name])));
  throw new InputError(
    `the student ${JSON.stringify(student)} is not shipped with this version: there is no ${SHIPPED[student]}`,
    { column: '--student' },
    `Use ${there.join(' or ')}, or a model file.`,
  );
}
