import { type BufferSource, keptBuffer, newBuffer } from '../kept-buffer.ts';
import { modelPart, readModelGraph } from '../onnx/model-graph.ts';
import { openSession, type Session } from '../onnx/session.ts';
import { findStudentParts, type StudentParts } from './student-parts.ts';

/** Systems with what can be computed of them before their stoichiometries are known. */
export interface EncodedSystems {
  /**
   * Score some of the systems, all with the same stoichiometries.
   *
   * @param chosen their places among the systems encoded, ascending
   * @param amounts rows of what {@link StudentScorer.prepare} gives, shape (stoichiometries, k) row-major
   * @returns logits, shape (stoichiometries, chosen) row-major; the next call may overwrite them
   */
  logits(chosen: ArrayLike<number>, amounts: Float32Array): Promise<Float32Array>;
}

/** Scores many systems by many stoichiometries: what calls have in common is done once. */
export interface StudentScorer {
  /**
   * Amount vectors as the student's calls take them.
   *
   * @param amounts shape (stoichiometries, k) row-major, all > 0
   * @param buffer that they are written into
   * @returns same shape
   */
  prepare(amounts: ArrayLike<number>, arity: number, buffer?: BufferSource): Float32Array;
  /**
   * @param elements table rows, shape (systems, k) row-major
   * @returns systems that serve until others are encoded: those may overwrite them
   */
  encode(elements: BigInt64Array, systems: number): Promise<EncodedSystems>;
  /**
   * Score each system by the amounts in its own row. Always as many rows to a call give a row the same bits, wherever it
   * stands in the call.
   *
   * @param elements table rows, shape (rows, k) row-major
   * @param amounts shape (rows, k) row-major, all > 0
   * @returns logits, shape (rows,)
   */
  rowLogits(elements: BigInt64Array, amounts: Float32Array, rows: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Load the graph of a student. One as `exportStudent` writes it is loaded as two, encoder and head, of which the second
 * alone works per composition, on fractions; of another one the whole works in every call.
 *
 * @param threads that one call may use
 */
export async function openStudentScorer(bytes: Uint8Array, threads: number): Promise<StudentScorer> {
  const parts = partsOf(bytes);
  if (parts === undefined) return wholeScorer(await openSession(bytes, threads));
  const { vectors, fractions, zero, logits } = parts;
  const encoder = await openSession(modelPart(bytes, [], vectors), threads);
  const head = await openSession(modelPart(bytes, [vectors, fractions], logits, [zero]), threads);
  return splitScorer(encoder, head, parts);
}

class OtherGraph extends Error {}

function partsOf(bytes: Uint8Array): StudentParts | undefined {
  try {
    return findStudentParts(readModelGraph(bytes), (problem) => {
      throw new OtherGraph(problem);
    });
  } catch (error) {
    if (error instanceof OtherGraph) return undefined;
    throw error;
  }
}

function splitScorer(encoder: Session, head: Session, parts: StudentParts) {
  const { vectors, fractions, logits, second } = parts;
  const [first] = second.weights.shape;
  const [encodings, choices, results] = [keptBuffer(), keptBuffer(), keptBuffer()];
  return {
    prepare: fractionsOf,
    async encode(elements: BigInt64Array, systems: number): Promise<EncodedSystems> {
      const arity = elements.length / systems;
      const encoded = encodings(elements.length * first);
      await encoder.run(
        { elements: { data: elements, shape: [systems, arity] } },
        { [vectors]: { data: encoded, shape: [arity, systems * first] } },
      );
      return {
        async logits(chosen, amounts) {
          const width = chosen.length * first;
          const mixed = choices(arity * width);
          const isRun = chosen[chosen.length - 1] - chosen[0] + 1 === chosen.length;
          const step = isRun ? chosen.length : 1; // systems that lie together are copied at once
          for (let e = 0; e < arity; e++)
            for (let c = 0; c < chosen.length; c += step) {
              const from = (e * systems + chosen[c]) * first;
              mixed.set(encoded.subarray(from, from + step * first), e * width + c * first);
            }
          const rows = (amounts.length / arity) * chosen.length;
          const data = results(rows);
          const inputs = {
            [fractions]: { data: amounts, shape: [amounts.length / arity, arity] },
            [vectors]: { data: mixed, shape: [arity, width] },
          };
          await head.run(inputs, { [logits]: { data, shape: [rows, 1] } });
          return data;
        },
      };
    },
    rowLogits: (...inputs: RowInputs) => splitRowLogits(encoder, head, parts, ...inputs),
    release: async () => {
      await Promise.all([encoder.release(), head.release()]);
    },
  };
}

type RowInputs = Parameters<StudentScorer['rowLogits']>;

async function splitRowLogits(
  encoder: Session,
  head: Session,
  { vectors, fractions, logits, second }: StudentParts,
  ...[elements, amounts, rows]: RowInputs
): Promise<Float32Array> {
  const arity = elements.length / rows;
  const outputs = await encoder.run({ elements: { data: elements, shape: [rows, arity] } });
  const encoded = outputs[vectors].data as Float32Array;
  const mixed = mixedRows(encoded, fractionsOf(amounts, arity), rows, second.weights.shape[0]);
  // mixed already: to the head, systems of one element
  const scored = await head.run({
    [fractions]: { data: Float32Array.of(1), shape: [1, 1] },
    [vectors]: { data: mixed, shape: [1, mixed.length] },
  });
  return scored[logits].data as Float32Array;
}

/**
 * Mix the vectors of each row's elements by its fractions.
 *
 * @param vectors shape (k, rows, first) row-major
 * @param fractions shape (rows, k) row-major
 * @returns shape (rows, first) row-major
 */
function mixedRows(vectors: Float32Array, fractions: Float32Array, rows: number, first: number): Float32Array {
  const arity = fractions.length / rows;
  const mixed = new Float32Array(rows * first);
  for (let e = 0, from = 0; e < arity; e++)
    for (let row = 0, to = 0; row < rows; row++) {
      const fraction = fractions[row * arity + e];
      for (const end = to + first; to < end; to++, from++) mixed[to] += fraction * vectors[from];
    }
  return mixed;
}

/** Amounts divided by their sum. The quotient of two small integers rounds to the same float32 as in the graph. */
function fractionsOf(amounts: ArrayLike<number>, arity: number, buffer = newBuffer): Float32Array {
  const fractions = buffer(amounts.length);
  for (let from = 0; from < amounts.length; from += arity) {
    let total = 0;
    for (let i = from; i < from + arity; i++) total += amounts[i];
    for (let i = from; i < from + arity; i++) fractions[i] = amounts[i] / total;
  }
  return fractions;
}

/** Rows that the whole scores at once: it scores all pairs of systems and amounts, of which the diagonal is wanted. */
const PAIRED_ROWS = 16;

function wholeScorer(session: Session): StudentScorer {
  return {
    prepare(amounts, _, buffer = newBuffer) {
      const prepared = buffer(amounts.length);
      prepared.set(amounts);
      return prepared;
    },
    async rowLogits(elements, amounts, rows) {
      const arity = elements.length / rows;
      const logits = new Float32Array(rows);
      for (let from = 0; from < rows; from += PAIRED_ROWS) {
        const size = Math.min(PAIRED_ROWS, rows - from);
        const inputs = {
          elements: { data: elements.slice(from * arity, (from + size) * arity), shape: [size, arity] },
          amounts: { data: amounts.slice(from * arity, (from + size) * arity), shape: [size, arity] },
        };
        const { logit } = await session.run(inputs);
        for (let row = 0; row < size; row++) logits[from + row] = (logit.data as Float32Array)[row * (size + 1)];
      }
      return logits;
    },
    async encode(elements, systems) {
      const arity = elements.length / systems;
      return {
        async logits(chosen, amounts) {
          const rows = Array.from(chosen, (place) => elements.subarray(place * arity, (place + 1) * arity));
          const inputs = {
            elements: { data: BigInt64Array.from(rows.flatMap((row) => [...row])), shape: [chosen.length, arity] },
            amounts: { data: amounts, shape: [amounts.length / arity, arity] },
          };
          const { logit } = await session.run(inputs);
          const expected = `${chosen.length},${amounts.length / arity}`;
          if (String(logit.shape) !== expected)
            throw new Error(`its logits have the shape (${logit.shape}), expected (${expected})`);
          return transposed(logit.data as Float32Array, chosen.length);
        },
      };
    },
    release: () => session.release(),
  };
}

/** @param values shape (rows, columns) row-major */
export function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  if (rows === 1 || columns === 1) return values;
  const result = new Float32Array(values.length);
  for (let r = 0, from = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, from++) result[c * rows + r] = values[from];
  return result;
}
