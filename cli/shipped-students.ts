import { packagePath } from './package-root.ts';

/** The students that are shipped, by the name that `--student` takes. */
export const SHIPPED_STUDENTS: Readonly<Record<string, string>> = {
  labels: 'models/student.onnx',
  measured: 'models/student-measured.onnx',
};

export const STUDENT_OPTION =
  'labels (taught by the teacher alone), measured (then fine-tuned on measurements), or a model file';

/** Path of a student: of a shipped one by its name, else the path that is given. A file named like a shipped one is `./labels`. */
export function studentPath(nameOrFile = 'labels'): string {
  return Object.hasOwn(SHIPPED_STUDENTS, nameOrFile) ? packagePath(SHIPPED_STUDENTS[nameOrFile]) : nameOrFile;
}
