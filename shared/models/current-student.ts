import * as v from 'valibot';
import { IntegrityError } from '../errors.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { fields, finite, type Shape, sha256Text, text } from '../shape.ts';

/** Where the pointer to the student in use lies. */
export const CURRENT_STUDENT_KEY = 'models/current.json';

/** Files of a stored student: the model, its card, and what goes with it in every run. None is ever changed. */
export type StudentFile =
  | ('student.onnx' | 'student.card.json' | 'student.card.md')
  | ('committee.onnx' | 'labels.csv.gz');

/** Key of a file of the student with this SHA-256. */
export function studentKey(hash: string, file: StudentFile): string {
  return `models/students/${hash}/${file}`;
}

/** What `models/current.json` says: which student is in use. */
export interface CurrentStudent {
  readonly student: string; // key of the model
  readonly hash: string; // SHA-256 of the model, hexadecimal
  readonly teacherHash: string; // SHA-256 of the teacher file
  readonly labelsHash: string; // SHA-256 of the unpacked labels
  readonly averagePrecision: number; // on held-out systems, mean over the folds
  readonly previous: string | null; // SHA-256 of the model that was in use before
}

/** The pointer with the version that a conditional write needs. */
export interface VersionedStudent {
  readonly current: CurrentStudent;
  readonly version: string;
}

/** `models/current.json` as bytes. */
export function encodeCurrentStudent(current: CurrentStudent): Uint8Array {
  return sealJson(current);
}

/**
 * The student in use, or undefined if none was ever promoted.
 *
 * @throws {IntegrityError} if the pointer is damaged
 */
export async function loadCurrentStudent(
  store: Pick<ConditionalStore, 'location' | 'getVersioned'>,
): Promise<VersionedStudent | undefined> {
  const found = await store.getVersioned(CURRENT_STUDENT_KEY);
  if (found === undefined) return undefined;
  return {
    current: decodeCurrentStudent(found.bytes, `${store.location}/${CURRENT_STUDENT_KEY}`),
    version: found.version,
  };
}

const CURRENT: Shape<CurrentStudent> = v.pipe(
  fields({
    student: text,
    hash: sha256Text,
    teacherHash: sha256Text,
    labelsHash: sha256Text,
    averagePrecision: finite,
    previous: v.nullable(sha256Text),
  }),
  v.forward(
    v.check(
      ({ student, hash }) => student === studentKey(hash, 'student.onnx'),
      ({ input: { hash } }) => `the key of the student ${hash}`,
    ),
    ['student'],
  ),
);

/** Read `models/current.json`; throws {@link IntegrityError} naming the field that is wrong. */
export function decodeCurrentStudent(bytes: Uint8Array, file: string): CurrentStudent {
  return readSealedJson(CURRENT, bytes, (problem, column) => {
    const remedy = 'Restore the earlier version of the file, or promote a student again.';
    return new IntegrityError(problem, { file, column }, remedy);
  });
}
