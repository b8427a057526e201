import { atomicNumber } from '../chemistry/elements.ts';
import { sha256 } from '../hash.ts';
import {
  encodeModelMetadata,
  type ModelKind,
  type ModelMetadata,
  readModelMetadata,
  refusal,
} from './model-metadata.ts';
import { openSession, type Session, type TensorData } from './session.ts';

/** The model schema that this version writes and reads. */
export const STUDENT_SCHEMA = '1';

/** What a student says of itself in `metadata_props`. */
export type StudentMetadata = ModelMetadata;

const STUDENT: ModelKind = {
  schema: STUDENT_SCHEMA,
  remedy: 'Give a student of schema 1, as `ionsieve distill` writes it.',
  inputs: [
    { name: 'elements', type: 'int64', rank: 2 },
    { name: 'amounts', type: 'float', rank: 2 },
  ],
  outputs: [{ name: 'logit', type: 'float', rank: 2 }],
};

/** A loaded student. One per thread. */
export interface StudentSession {
  readonly hash: string; // SHA-256 of the model's bytes, hexadecimal
  readonly metadata: StudentMetadata;
  /** Row of the element table inside the model, or -1 if the student does not know the element. */
  rowOf(atomicNumber: number): number;
  /**
   * Score all pairs of systems and stoichiometries.
   *
   * @param elements table rows, shape (systems, k) row-major
   * @param amounts shape (stoichiometries, k) row-major, all > 0
   * @returns logits, shape (systems, stoichiometries) row-major; the next call may overwrite them
   */
  logits(
    elements: BigInt64Array,
    amounts: Float32Array,
    systems: number,
    stoichiometries: number,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}

/** `metadata_props` of a student, in the order in which they are written. */
export function encodeStudentMetadata(metadata: StudentMetadata): Record<string, string> {
  return encodeModelMetadata(metadata);
}

/**
 * Load a student and check its schema and signature before anything is scored.
 *
 * @param name of the file, for messages
 * @param threads that one call may use
 * @throws {InputError} if it is no student of schema 1
 */
export async function openStudent(bytes: Uint8Array, name: string, threads = 1): Promise<StudentSession> {
  const metadata = readStudentMetadata(bytes, name);
  const session = await openSession(bytes, threads).catch((error: unknown) => {
    throw refusal(name, STUDENT, `ONNX Runtime cannot load it: ${(error as Error).message}`, error);
  });
  await tryOut(session, metadata, name);
  const rows = new Int16Array(256).fill(-1);
  metadata.symbols.forEach((symbol, row) => {
    rows[atomicNumber(symbol) as number] = row;
  });
  let results: Record<string, TensorData> | undefined; // reused while the shape stays the same
  return {
    hash: sha256(bytes),
    metadata,
    rowOf: (z) => rows[z],
    async logits(elements, amounts, systems, stoichiometries) {
      const shape = [systems, stoichiometries];
      const [s, v] = results?.logit.shape ?? [];
      if (s !== systems || v !== stoichiometries) {
        results = { logit: { data: new Float32Array(systems * stoichiometries), shape } };
      }
      const arity = elements.length / systems;
      const inputs = {
        elements: { data: elements, shape: [systems, arity] },
        amounts: { data: amounts, shape: [stoichiometries, arity] },
      };
      return (await session.run(inputs, results)).logit.data as Float32Array;
    },
    release: () => session.release(),
  };
}

/** Score every element alone: tells damaged weights, and a table of fewer rows than there are symbols. */
async function tryOut(session: Session, { symbols }: StudentMetadata, name: string): Promise<void> {
  const inputs = {
    elements: { data: BigInt64Array.from(symbols.keys(), BigInt), shape: [symbols.length, 1] },
    amounts: { data: Float32Array.of(1), shape: [1, 1] },
  };
  try {
    const { logit } = await session.run(inputs).catch((error: unknown) => {
      throw refusal(
        name,
        STUDENT,
        `it cannot score its ${symbols.length} elements: ${(error as Error).message}`,
        error,
      );
    });
    if (String(logit.shape) !== `${symbols.length},1`)
      throw refusal(name, STUDENT, `its logits have the shape (${logit.shape}), expected (${symbols.length},1)`);
    const bad = symbols.find((_, row) => !Number.isFinite(logit.data[row]));
    if (bad !== undefined) throw refusal(name, STUDENT, `its logit of ${bad} is ${logit.data[symbols.indexOf(bad)]}`);
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** Metadata of a student's bytes, after its schema and signature are checked; runs nothing. */
export function readStudentMetadata(bytes: Uint8Array, name: string): StudentMetadata {
  return readModelMetadata(bytes, name, STUDENT);
}
