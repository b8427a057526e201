import type { Value } from '../onnx/graph.ts';
import type { Constant, GraphNode, ModelGraph } from '../onnx/model-graph.ts';

/** Values of a student as `exportStudent` writes it: an encoder of systems, and a head that scores their compositions. */
export interface StudentParts {
  readonly vectors: Value; // of the elements, by the encoder; shape (k, S · first)
  readonly fractions: Value; // amounts divided by their sum; shape (V, k)
  readonly zero: Value; // added to the product of both
  readonly second: { readonly weights: Constant; readonly bias: Constant };
  readonly last: { readonly weights: Constant; readonly bias: Constant };
  readonly logits: Value; // shape (V · S, 1)
}

/** Looks into a graph that should be of one kind. */
export interface GraphWalk {
  /** The node that gives a value: of this type, with attributes of these names. */
  node(value: Value, type: string, attributes?: readonly string[]): GraphNode;
  /** A float32 constant. */
  constant(value: Value): Constant;
}

/** @param fail throws; told what is different where the graph is another one */
export function walkGraph(graph: ModelGraph, fail: (problem: string) => never): GraphWalk {
  return {
    node(value, type, attributes = []) {
      const found = graph.producer(value);
      if (found?.type !== type) return fail(`${value} comes from ${found?.type ?? 'no node'}, expected ${type}`);
      if (String(found.attributes) !== String(attributes)) return fail(`its ${type} has [${found.attributes}]`);
      return found;
    },
    constant: (value) => graph.constant(value) ?? fail(`${value} is no float32 constant`),
  };
}

/**
 * Find the parts of a student.
 *
 * @param fail throws; told what is different where the graph is another one
 */
export function findStudentParts(graph: ModelGraph, fail: (problem: string) => never): StudentParts {
  const { node, constant } = walkGraph(graph, fail);
  const [byStoichiometry] = node(node('logit', 'Identity').inputs[0], 'Transpose', ['perm']).inputs;
  const [logits] = node(byStoichiometry, 'Reshape').inputs;
  const [hidden, lastWeights, lastBias] = node(logits, 'Gemm').inputs;
  const [rows, secondWeights, secondBias] = node(node(hidden, 'Relu').inputs[0], 'Gemm').inputs;
  const [mixed] = node(node(rows, 'Reshape').inputs[0], 'Relu').inputs;
  const [fractions, vectors, zero] = node(mixed, 'Gemm').inputs;
  const [amounts, total] = node(fractions, 'Div').inputs;
  const [summed] = node(total, 'ReduceSum', ['keepdims']).inputs;
  if (amounts !== 'amounts' || summed !== 'amounts') fail('it does not mix by fractions of the amounts');
  if (constant(zero).data.some((value) => value !== 0)) fail('it adds a constant to what it mixes');

  const second = { weights: constant(secondWeights), bias: constant(secondBias) };
  const last = { weights: constant(lastWeights), bias: constant(lastBias) };
  const [units, outputs] = second.weights.shape;
  if (String([second.bias.shape, last.weights.shape, last.bias.shape]) !== String([[outputs], [outputs, 1], [1]]))
    fail(`the shapes of its layers are (${units}, ${outputs}) and (${last.weights.shape})`);
  return { vectors, fractions, zero, second, last, logits };
}
