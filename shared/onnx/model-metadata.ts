import * as v from 'valibot';
import { atomicNumber } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { MAX_MODEL } from '../limits.ts';
import { checkShape, readJson, recordOf } from '../shape.ts';
import { type ModelHeader, modelHeader, type TensorSignature } from './graph.ts';
import { modelExcess } from './model-limits.ts';
import { decodeModel, type Model } from './onnx-model.ts';

/** What every model says of itself in `metadata_props`. */
export interface ModelMetadata {
  readonly schema: string;
  readonly symbols: readonly string[]; // row order of the element table inside the model
  readonly mobileIon: string;
  readonly threshold: number; // probability from which a composition passes
  readonly teacherHash: string; // SHA-256 of the teacher file
  readonly labelsHash: string; // SHA-256 of the training labels
  readonly metrics: Readonly<Record<string, unknown>>; // held-out metrics, as in the model card
}

/** What a kind of model must look like. */
export interface ModelKind {
  readonly schema: string;
  readonly remedy: string; // against a model that is refused
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

/** `metadata_props`, in the order in which they are written. */
export function encodeModelMetadata(metadata: ModelMetadata): Record<string, string> {
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
 * Metadata of a model's bytes, after its schema and signature are checked; runs nothing.
 *
 * @param name of the file, for messages
 * @throws {InputError} if it is no such model
 */
export function readModelMetadata(bytes: Uint8Array, name: string, kind: ModelKind): ModelMetadata {
  const refuse = (problem: string, cause?: unknown): never => {
    throw refusal(name, kind, problem, cause);
  };
  if (bytes.length > MAX_MODEL) refuse(`it has ${bytes.length} bytes, more than ${MAX_MODEL}`);
  const model = decode(bytes, refuse);
  const header = modelHeader(model);
  const get = (key: string): string => header.metadata.get(key) ?? refuse(`it has no metadata ${JSON.stringify(key)}`);
  const schema = get('schema');
  if (schema !== kind.schema)
    refuse(`its schema is ${JSON.stringify(schema)}, expected ${JSON.stringify(kind.schema)}`);
  checkSignature(header, kind, refuse);
  if (header.foreign.length > 0) refuse(`it has ${header.foreign[0]}, which no such model needs`);
  const excess = modelExcess(model, kind.outputs[0].rank === 2);
  if (excess !== undefined) refuse(excess);
  const symbols = get('element_symbols').split(' ');
  checkSymbols(symbols, refuse);
  const threshold = Number(get('threshold'));
  if (!(threshold > 0 && threshold < 1)) refuse(`its threshold ${get('threshold')} is not between 0 and 1`);
  const mobileIon = get('mobile_ion');
  if (!symbols.includes(mobileIon)) refuse(`its mobile ion ${JSON.stringify(mobileIon)} is none of its elements`);
  return {
    schema,
    symbols,
    threshold,
    mobileIon,
    teacherHash: get('teacher_sha256'),
    labelsHash: get('labels_sha256'),
    metrics: parseMetrics(get('metrics'), refuse),
  };
}

/** Why a model is refused. */
export function refusal(name: string, kind: Pick<ModelKind, 'remedy'>, problem: string, cause?: unknown): InputError {
  return new InputError(`the model is refused: ${problem}`, { file: name }, kind.remedy, { cause });
}

/** Why a model cannot be opened: it is refused, unless ONNX Runtime itself is missing. */
export function openingError(name: string, kind: Pick<ModelKind, 'remedy'>, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return refusal(name, kind, `ONNX Runtime cannot load it: ${(error as Error).message}`, error);
}

type Refuse = (problem: string, cause?: unknown) => never;

function decode(bytes: Uint8Array, refuse: Refuse): Model {
  try {
    return decodeModel(bytes);
  } catch (error) {
    return refuse('it is no ONNX model, or a damaged one', error);
  }
}

function checkSignature(header: ModelHeader, kind: ModelKind, refuse: Refuse): void {
  const describe = (tensors: readonly TensorSignature[]): string =>
    tensors.map(({ name: tensor, type, rank }) => `${tensor} ${type} rank ${rank}`).join(', ');
  for (const part of ['inputs', 'outputs'] as const) {
    const [found, expected] = [describe(header[part]), describe(kind[part])];
    if (found !== expected) refuse(`its ${part} are [${found}], expected [${expected}]`);
  }
}

function checkSymbols(symbols: readonly string[], refuse: Refuse): void {
  const unknown = symbols.filter((symbol) => atomicNumber(symbol) === undefined);
  if (unknown.length > 0 || new Set(symbols).size < symbols.length)
    refuse(`its element symbols are not distinct elements${unknown.length > 0 ? ` (${unknown.join(' ')})` : ''}`);
}

function parseMetrics(text: string, refuse: Refuse): Record<string, unknown> {
  const notAnObject = (problem: string): Error => refuse(`its metrics are not a JSON object: ${problem}`);
  return checkShape(recordOf(v.unknown()), readJson(text, notAnObject), notAnObject);
}
