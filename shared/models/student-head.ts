import { InputError } from '../errors.ts';
import type { Value } from '../onnx/graph.ts';
import { type ModelGraph, modelPart, readModelGraph } from '../onnx/model-graph.ts';
import { openSession } from '../onnx/session.ts';
import { findStudentParts } from './student-parts.ts';

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
  const session = await openSession(modelPart(bytes, [], vectors));
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
  const { vectors, second, last } = findStudentParts(graph, (problem) => {
    const remedy = 'Screen without bounds, or distill the student anew: its graph is not one that can be bounded.';
    throw new InputError(`the student cannot be bounded: ${problem}`, { file: name }, remedy);
  });
  const [first, outputs] = second.weights.shape;
  const head = { first, second: outputs, secondWeights: second.weights.data, secondBias: second.bias.data };
  return { head: { ...head, last: last.weights.data, lastBias: last.bias.data[0] }, vectors };
}
