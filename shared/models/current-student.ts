import * as v from 'valibot';
import { IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { Inputs } from '../io/store/inputs.ts';
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

/**
 * The bytes of a student that was asked for, or of the promoted one.
 *
 * @param asked name of its file; the promoted student if absent
 * @throws {IntegrityError} if the promoted student is not the one that its pointer tells of
 */
export async function readAskedStudent(
  asked: string | undefined,
  inputs: Pick<Inputs, 'read'>,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (asked !== undefined) return { name: asked, bytes: await inputs.read(asked) };
  const current = decodeCurrentStudent(await inputs.read(CURRENT_STUDENT_KEY), CURRENT_STUDENT_KEY);
  const bytes = await inputs.read(current.student);
  const actual = sha256(bytes);
  if (actual !== current.hash)
    throw new IntegrityError(
      `its SHA-256 is ${actual}, and ${CURRENT_STUDENT_KEY} says ${current.hash}`,
      { file: current.student },
      'Restore the earlier version of the model, or promote a student again.',
    );
  return { name: current.student, bytes };
}
