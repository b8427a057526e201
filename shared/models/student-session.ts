import { atomicNumber } from '../chemistry/elements.ts';
import { sha256 } from '../hash.ts';
import {
  encodeModelMetadata,
  type ModelKind,
  type ModelMetadata,
  openingError,
  readModelMetadata,
  refusal,
} from '../onnx/model-metadata.ts';
import { openStudentScorer, type StudentScorer, transposed } from './student-scorer.ts';

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
export interface StudentSession extends StudentScorer {
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
  const scorer = await openStudentScorer(bytes, threads).catch((error: unknown) => {
    throw openingError(name, STUDENT, error);
  });
  await tryOut(scorer, metadata, name);
  const rows = new Int16Array(256).fill(-1);
  metadata.symbols.forEach((symbol, row) => {
    rows[atomicNumber(symbol) as number] = row;
  });
  return {
    ...scorer,
    hash: sha256(bytes),
    metadata,
    rowOf: (z) => rows[z],
    logits: (...inputs) => score(scorer, ...inputs),
  };
}

/** Table rows of elements that a student knows. */
export function tableRows({ rowOf }: Pick<StudentSession, 'rowOf'>, elements: Uint8Array): BigInt64Array {
  const rows = new BigInt64Array(elements.length);
  for (let i = 0; i < elements.length; i++) rows[i] = BigInt(rowOf(elements[i]));
  return rows;
}

async function score(
  scorer: StudentScorer,
  elements: BigInt64Array,
  amounts: Float32Array,
  systems: number,
  stoichiometries: number,
): Promise<Float32Array> {
  const encoded = await scorer.encode(elements, systems);
  const prepared = scorer.prepare(amounts, elements.length / systems);
  return transposed(
    await encoded.logits(
      Array.from({ length: systems }, (_, s) => s),
      prepared,
    ),
    stoichiometries,
  );
}

/** Score every element alone: tells damaged weights, and a table of fewer rows than there are symbols. */
async function tryOut(scorer: StudentScorer, { symbols }: StudentMetadata, name: string): Promise<void> {
  const elements = BigInt64Array.from(symbols.keys(), BigInt);
  try {
    const logits = await score(scorer, elements, Float32Array.of(1), symbols.length, 1).catch((error: unknown) => {
      throw refusal(
        name,
        STUDENT,
        `it cannot score its ${symbols.length} elements: ${(error as Error).message}`,
        error,
      );
    });
    const bad = symbols.find((_, row) => !Number.isFinite(logits[row]));
    if (bad !== undefined) throw refusal(name, STUDENT, `its logit of ${bad} is ${logits[symbols.indexOf(bad)]}`);
  } catch (error) {
    await scorer.release();
    throw error;
  }
}

/** Metadata of a student's bytes, after its schema and signature are checked; runs nothing. */
export function readStudentMetadata(bytes: Uint8Array, name: string): StudentMetadata {
  return readModelMetadata(bytes, name, STUDENT);
}
