import { InputError } from '../errors.ts';
import type { Value } from '../onnx/graph.ts';
import { type Constant, type GraphNode, type ModelGraph, modelUpTo, readModelGraph } from '../onnx/model-graph.ts';
import { openSession } from '../onnx/session.ts';

/**
 * What a student does to a composition once its system is encoded, as `exportStudent` writes it:
 *
 *     logit = relu(relu(Σ f(e) · vector(e))·second + secondBias)·last + lastBias
 */
export interface StudentHead {
  readonly first: number; // units of the first layer
  readonly second: number; // units of the second layer
  readonly secondWeights: Float32Array; // shape (first, second)
  readonly secondBias: Float32Array; // shape (second,)
  readonly last: Float32Array; // shape (second,)
  readonly lastBias: number;
}

/** The encoder of a student: everything before its head. */
export interface SystemEncoder {
  readonly head: StudentHead;
  /**
   * Vectors of the elements of systems. The same nodes compute them as in the student, so that they are the same bits
   * in a call with the same systems.
   *
   * @param elements table rows, shape (systems, k) row-major
   * @returns shape (k, systems, first) row-major
   */
  vectors(elements: BigInt64Array, systems: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Take a student apart.
 *
 * @param name of the file, for messages
 * @throws {InputError} if its graph is not as `exportStudent` writes it
 */
export async function openEncoder(bytes: Uint8Array, name: string): Promise<SystemEncoder> {
  const { head, vectors } = readHead(readModelGraph(bytes), name);
  const session = await openSession(modelUpTo(bytes, vectors));
  return {
    head,
    async vectors(elements, systems) {
      const shape = [systems, elements.length / systems];
      const outputs = await session.run({ elements: { data: elements, shape } });
      return outputs[vectors].data as Float32Array;
    },
    release: () => session.release(),
  };
}

/** Head of a student, and the value that it mixes by the fractions. */
function readHead(graph: ModelGraph, name: string): { head: StudentHead; vectors: Value } {
  const fail = (problem: string): never => {
    const remedy = 'Screen without bounds, or distill the student anew: its graph is not one that can be bounded.';
    throw new InputError(`the student cannot be bounded: ${problem}`, { file: name }, remedy);
  };
  const node = (value: Value, type: string, attributes: readonly string[] = []): GraphNode => {
    const found = graph.producer(value);
    if (found?.type !== type) return fail(`${value} comes from ${found?.type ?? 'no node'}, expected ${type}`);
    if (String(found.attributes) !== String(attributes)) return fail(`its ${type} has [${found.attributes}]`);
    return found;
  };
  const constant = (value: Value): Constant => graph.constant(value) ?? fail(`${value} is no float32 constant`);

  const [byStoichiometry] = node(node('logit', 'Identity').inputs[0], 'Transpose', ['perm']).inputs;
  const [hidden, lastName, lastBiasName] = node(node(byStoichiometry, 'Reshape').inputs[0], 'Gemm').inputs;
  const [rows, secondName, secondBiasName] = node(node(hidden, 'Relu').inputs[0], 'Gemm').inputs;
  const [mixed] = node(node(rows, 'Reshape').inputs[0], 'Relu').inputs;
  const [fractions, vectors, zero] = node(mixed, 'Gemm').inputs;
  const [amounts, total] = node(fractions, 'Div').inputs;
  const [summed] = node(total, 'ReduceSum', ['keepdims']).inputs;
  if (amounts !== 'amounts' || summed !== 'amounts') fail('it does not mix by fractions of the amounts');
  if (constant(zero).data.some((value) => value !== 0)) fail('it adds a constant to what it mixes');

  const [secondWeights, secondBias] = [constant(secondName), constant(secondBiasName)];
  const [last, lastBias] = [constant(lastName), constant(lastBiasName)];
  const [first, second] = secondWeights.shape;
  if (String([secondBias.shape, last.shape, lastBias.shape]) !== String([[second], [second, 1], [1]]))
    fail(`the shapes of its layers are (${first}, ${second}) and (${last.shape})`);
  const head = { first, second, secondWeights: secondWeights.data, secondBias: secondBias.data };
  return { head: { ...head, last: last.data, lastBias: lastBias.data[0] }, vectors };
}
