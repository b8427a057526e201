import { InputError } from '../errors.ts';
import { findStudentParts, walkGraph } from '../models/student-parts.ts';
import { type Constant, readModelGraph } from '../onnx/model-graph.ts';
import { affine, relu } from '../student/network.ts';

/**
 * Logit of one composition.
 *
 * @param rows of the student's element table
 * @param amounts theirs, all > 0
 */
export type ReferenceStudent = (rows: readonly number[], amounts: readonly number[]) => number;

/** Constants of a student as `exportStudent` writes it, from the elements on. */
interface StudentConstants {
  readonly properties: Constant; // shape (elements, p)
  readonly encode: Constant; // shape (elements, encoder)
  readonly direct: Constant; // shape (elements, first)
  readonly context: Constant; // shape (3 p + 1, encoder): of minimum, maximum, mean, number of elements
  readonly vector: Constant; // shape (encoder, first)
  readonly second: { readonly weights: Constant; readonly bias: Constant };
  readonly last: { readonly weights: Constant; readonly bias: Constant };
}

/**
 * What a student computes, read off the constants of its graph and computed again in double precision, one composition
 * at a time: neither ONNX Runtime nor the batches of a screening have a part in it. The formula is that of `forward`.
 *
 * @param name of the file, for messages
 * @throws {InputError} if its graph is not as `exportStudent` writes it
 */
export function referenceStudent(bytes: Uint8Array, name: string): ReferenceStudent {
  const constants = readConstants(bytes, name);
  const { encode, direct, context, vector, second, last } = constants;
  const firstUnits = vector.shape[1];
  return (rows, amounts) => {
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    const shared = affine(contextOf(constants, rows), context.data, new Float64Array(vector.shape[0]));
    const mixed = new Float64Array(firstUnits);
    rows.forEach((row, e) => {
      const hidden = relu(shared.map((value, i) => value + encode.data[row * shared.length + i]));
      const own = affine(hidden, vector.data, direct.data.subarray(row * firstUnits, (row + 1) * firstUnits));
      for (let h = 0; h < firstUnits; h++) mixed[h] += (amounts[e] / total) * own[h];
    });
    const narrowed = relu(affine(relu(mixed), second.weights.data, second.bias.data));
    return affine(narrowed, last.weights.data, last.bias.data)[0];
  };
}

/** Minimum, maximum and mean of every property over the elements, then their number. */
function contextOf({ properties }: StudentConstants, rows: readonly number[]): Float64Array {
  const count = properties.shape[1];
  const context = new Float64Array(3 * count + 1);
  for (let j = 0; j < count; j++) {
    const values = rows.map((row) => properties.data[row * count + j]);
    context[j] = Math.min(...values);
    context[count + j] = Math.max(...values);
    context[2 * count + j] = values.reduce((sum, value) => sum + value, 0) / rows.length;
  }
  context[3 * count] = rows.length;
  return context;
}

function readConstants(bytes: Uint8Array, name: string): StudentConstants {
  const graph = readModelGraph(bytes);
  const fail = (problem: string): never => {
    const remedy = 'Distill the student anew: its graph is not one whose constants are known.';
    throw new InputError(`the student cannot be computed by hand: ${problem}`, { file: name }, remedy);
  };
  const { node, constant } = walkGraph(graph, fail);
  const { vectors, second, last } = findStudentParts(graph, fail);
  const [byElement] = node(vectors, 'Reshape').inputs;
  const [own, direct] = node(node(byElement, 'Transpose', ['perm']).inputs[0], 'Add').inputs;
  const [hidden, vector] = node(own, 'MatMul').inputs;
  const [encode, shared] = node(node(hidden, 'Relu').inputs[0], 'Add').inputs;
  const [context, contextWeights] = node(node(shared, 'Unsqueeze').inputs[0], 'MatMul').inputs;
  const [low] = node(context, 'Concat', ['axis']).inputs;
  const table = (gathered: string): Constant => constant(node(gathered, 'Gather').inputs[0]);
  return {
    properties: table(node(low, 'ReduceMin', ['axes', 'keepdims']).inputs[0]),
    encode: table(encode),
    direct: table(direct),
    context: constant(contextWeights),
    vector: constant(vector),
    second,
    last,
  };
}
