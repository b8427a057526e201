import { atomicNumber } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { type ModelHeader, readModelHeader, type TensorSignature } from './graph.ts';
import { openSession, type Session, type TensorData } from './session.ts';

/** The model schema that this version writes and reads. */
export const STUDENT_SCHEMA = '1';

/** What a student says of itself in `metadata_props`. */
export interface StudentMetadata {
  readonly schema: string;
  readonly symbols: readonly string[]; // row order of the element table inside the model
  readonly mobileIon: string;
  readonly threshold: number; // probability from which a composition passes
  readonly teacherHash: string; // SHA-256 of the teacher file
  readonly labelsHash: string; // SHA-256 of the training labels
  readonly metrics: Readonly<Record<string, unknown>>; // held-out metrics, as in the model card
}

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
  return {
    schema: metadata.schema,
    element_symbols: metadata.symbols.join(' '),
    mobile_ion: metadata.mobileIon,
    threshold: String(metadata.threshold),
    teacher_sha256: metadata.teacherHash,
    labels_sha256: metadata.labelsHash,
    metrics: JSON.stringify(metadata.metrics),
  };
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
    throw refusal(name, `ONNX Runtime cannot load it: ${(error as Error).message}`, error);
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
      throw refusal(name, `it cannot score its ${symbols.length} elements: ${(error as Error).message}`, error);
    });
    if (String(logit.shape) !== `${symbols.length},1`)
      throw refusal(name, `its logits have the shape (${logit.shape}), expected (${symbols.length},1)`);
    const bad = symbols.find((_, row) => !Number.isFinite(logit.data[row]));
    if (bad !== undefined) throw refusal(name, `its logit of ${bad} is ${logit.data[symbols.indexOf(bad)]}`);
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** Metadata of a student's bytes, after its schema and signature are checked; runs nothing. */
export function readStudentMetadata(bytes: Uint8Array, name: string): StudentMetadata {
  const header = decodeHeader(bytes, name);
  const get = (key: string): string => {
    const value = header.metadata.get(key);
    if (value === undefined) throw refusal(name, `it has no metadata ${JSON.stringify(key)}`);
    return value;
  };
  const schema = get('schema');
  if (schema !== STUDENT_SCHEMA)
    throw refusal(name, `its schema is ${JSON.stringify(schema)}, expected "${STUDENT_SCHEMA}"`);
  checkSignature(header, name);
  const symbols = get('element_symbols').split(' ');
  const unknown = symbols.filter((symbol) => atomicNumber(symbol) === undefined);
  if (unknown.length > 0 || new Set(symbols).size < symbols.length) {
    throw refusal(
      name,
      `its element symbols are not distinct elements${unknown.length > 0 ? ` (${unknown.join(' ')})` : ''}`,
    );
  }
  const threshold = Number(get('threshold'));
  if (!(threshold > 0 && threshold < 1))
    throw refusal(name, `its threshold ${get('threshold')} is not between 0 and 1`);
  const mobileIon = get('mobile_ion');
  if (!symbols.includes(mobileIon))
    throw refusal(name, `its mobile ion ${JSON.stringify(mobileIon)} is none of its elements`);
  return {
    schema,
    symbols,
    threshold,
    mobileIon,
    teacherHash: get('teacher_sha256'),
    labelsHash: get('labels_sha256'),
    metrics: parseMetrics(get('metrics'), name),
  };
}

const INPUTS: readonly TensorSignature[] = [
  { name: 'elements', type: 'int64', rank: 2 },
  { name: 'amounts', type: 'float', rank: 2 },
];
const OUTPUTS: readonly TensorSignature[] = [{ name: 'logit', type: 'float', rank: 2 }];

function checkSignature(header: ModelHeader, name: string): void {
  const describe = (tensors: readonly TensorSignature[]): string =>
    tensors.map(({ name: tensor, type, rank }) => `${tensor} ${type} rank ${rank}`).join(', ');
  for (const [kind, found, expected] of [
    ['inputs', header.inputs, INPUTS],
    ['outputs', header.outputs, OUTPUTS],
  ] as const) {
    if (describe(found) !== describe(expected)) {
      throw refusal(name, `its ${kind} are [${describe(found)}], expected [${describe(expected)}]`);
    }
  }
}

function decodeHeader(bytes: Uint8Array, name: string): ModelHeader {
  try {
    return readModelHeader(bytes);
  } catch (error) {
    throw refusal(name, 'it is no ONNX model, or a damaged one', error);
  }
}

function parseMetrics(text: string, name: string): Record<string, unknown> {
  let metrics: unknown;
  try {
    metrics = JSON.parse(text);
  } catch (error) {
    throw refusal(name, 'its metrics are not a JSON object', error);
  }
  if (typeof metrics !== 'object' || metrics === null || Array.isArray(metrics))
    throw refusal(name, 'its metrics are not a JSON object');
  return metrics as Record<string, unknown>;
}

function refusal(name: string, problem: string, cause?: unknown): InputError {
  return new InputError(
    `the model is refused: ${problem}`,
    { file: name },
    'Give a student of schema 1, as `ionsieve distill` writes it.',
    { cause },
  );
}
