import { atomicNumber } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import {
  type ModelKind,
  type ModelMetadata,
  openingError,
  readModelMetadata,
  refusal,
} from '../onnx/model-metadata.ts';
import { openSession, type Session } from '../onnx/session.ts';

/** The committee schema that this version writes and reads. */
export const COMMITTEE_SCHEMA = 'committee-1';

const COMMITTEE: ModelKind = {
  schema: COMMITTEE_SCHEMA,
  remedy: 'Give a committee of schema committee-1, as `ionsieve committee` writes it.',
  inputs: [
    { name: 'elements', type: 'int64', rank: 2 },
    { name: 'amounts', type: 'float', rank: 2 },
  ],
  outputs: [
    { name: 'probability_mean', type: 'float', rank: 1 },
    { name: 'probability_std', type: 'float', rank: 1 },
  ],
};

/** What a committee gives for each composition. */
export interface CommitteeScores {
  readonly mean: Float32Array; // calibrated probability, shape (compositions,)
  readonly std: Float32Array; // expected root-mean-square difference from the teacher's label, shape (compositions,)
}

/** A loaded committee. One per thread. */
export interface CommitteeSession {
  readonly hash: string; // SHA-256 of the model's bytes, hexadecimal
  readonly metadata: ModelMetadata;
  /** Row of the element table inside the model, or -1 if the committee does not know the element. */
  rowOf(atomicNumber: number): number;
  /**
   * Score compositions.
   *
   * @param elements table rows, shape (compositions, k) row-major
   * @param amounts shape (compositions, k) row-major, >= 0; 0 where a composition has fewer than k elements
   */
  score(elements: BigInt64Array, amounts: Float32Array, compositions: number): Promise<CommitteeScores>;
  release(): Promise<void>;
}

/**
 * Load a committee and check its schema and signature before anything is scored.
 *
 * @param name of the file, for messages
 * @param threads that one call may use
 * @throws {InputError} if it is no committee of schema committee-1
 */
export async function openCommittee(bytes: Uint8Array, name: string, threads = 1): Promise<CommitteeSession> {
  const metadata = readCommitteeMetadata(bytes, name);
  const session = await openSession(bytes, threads).catch((error: unknown) => {
    throw openingError(name, COMMITTEE, error);
  });
  const score = scorer(session);
  await tryOut(score, metadata, name).catch(async (error: unknown) => {
    await session.release();
    throw error;
  });
  const rows = new Int16Array(256).fill(-1);
  metadata.symbols.forEach((symbol, row) => {
    rows[atomicNumber(symbol) as number] = row;
  });
  return { hash: sha256(bytes), metadata, rowOf: (z) => rows[z], score, release: () => session.release() };
}

/** Metadata of a committee's bytes, after its schema and signature are checked; runs nothing. */
export function readCommitteeMetadata(bytes: Uint8Array, name: string): ModelMetadata {
  return readModelMetadata(bytes, name, COMMITTEE);
}

function scorer(session: Session): CommitteeSession['score'] {
  return async (elements, amounts, compositions) => {
    const shape = [compositions, elements.length / compositions];
    const outputs = await session.run({ elements: { data: elements, shape }, amounts: { data: amounts, shape } });
    return { mean: outputs.probability_mean.data as Float32Array, std: outputs.probability_std.data as Float32Array };
  };
}

/** Score every element alone: tells damaged trees, and a table of fewer rows than there are symbols. */
async function tryOut(score: CommitteeSession['score'], { symbols }: ModelMetadata, name: string): Promise<void> {
  const rows = BigInt64Array.from(symbols.keys(), BigInt);
  const { mean, std } = await score(rows, new Float32Array(rows.length).fill(1), rows.length).catch(
    (error: unknown) => {
      const problem = `it cannot score its ${symbols.length} elements: ${(error as Error).message}`;
      throw refusal(name, COMMITTEE, problem, error);
    },
  );
  const bad = symbols.findIndex((_, row) => !(mean[row] >= 0 && mean[row] <= 1 && std[row] >= 0));
  if (bad >= 0) throw refusal(name, COMMITTEE, `its probability of ${symbols[bad]} is ${mean[bad]} ± ${std[bad]}`);
}

/**
 * Refuse a committee that was not made for a student: both must have learned from the same labels.
 *
 * @param name of the committee's file, for messages
 * @throws {InputError} if labels, elements or mobile ion differ
 */
export function checkCommittee(committee: ModelMetadata, student: ModelMetadata, name: string): void {
  const differing = [
    ['labels', committee.labelsHash, student.labelsHash],
    ['elements', committee.symbols.join(' '), student.symbols.join(' ')],
    ['mobile ion', committee.mobileIon, student.mobileIon],
  ].find(([, ours, theirs]) => ours !== theirs);
  if (differing === undefined) return;
  const [what, ours, theirs] = differing;
  throw new InputError(
    `the committee is another student's: its ${what} are ${ours}, and the student's ${theirs}`,
    { file: name },
    'Make one with `ionsieve committee` from the labels of the student.',
  );
}
