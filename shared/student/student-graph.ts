import { GraphBuilder, type Value } from '../onnx/graph.ts';
import type { ElementFeatures } from './element-features.ts';
import { contextCount, featureCount, featureMatrix, type Weights } from './network.ts';

/**
 * The student as one self-contained ONNX model of schema 1: `elements` int64 (S, k) and `amounts` float32 (V, k) give
 * `logit` float32 (S, V). What depends on an element alone is folded into tables; what depends on the system is
 * computed once per system; all systems then share one wide matrix product with the fractions.
 *
 * @param metadata becomes `metadata_props`
 */
export function exportStudent(
  features: ElementFeatures,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder();
  const elements = graph.input('elements', 'int64', ['S', 'k']);
  const amounts = graph.input('amounts', 'float', ['V', 'k']);
  const vectors = systemVectors(graph, features, weights, elements);
  const total = graph.node('ReduceSum', [amounts, graph.integers([1], [1])], { keepdims: 1 });
  const fractions = graph.node('Div', [amounts, total]);
  const none = graph.constant([1], [0]);
  const wide = graph.node('Relu', [graph.node('Gemm', [fractions, vectors, none])]);
  const width = weights.firstBias.length;
  const rows = graph.node('Reshape', [wide, graph.integers([2], [-1, width])]);
  const second = graph.node('Relu', [gemm(graph, rows, weights.second, weights.secondBias)]);
  const last = gemm(graph, second, weights.last, weights.lastBias);
  const count = graph.node('Slice', [
    graph.node('Shape', [amounts]),
    graph.integers([1], [0]),
    graph.integers([1], [1]),
  ]);
  const shape = graph.node('Concat', [count, graph.integers([1], [-1])], { axis: 0 });
  const byStoichiometry = graph.node('Reshape', [last, shape]);
  graph.output('logit', graph.node('Transpose', [byStoichiometry], { perm: [1, 0] }), ['S', 'V']);
  return graph.encode('student', metadata);
}

/** One vector of the first layer per element and system, shape (k, S · first). */
function systemVectors(graph: GraphBuilder, features: ElementFeatures, weights: Weights, elements: Value): Value {
  const count = features.symbols.length;
  const [encoder, first] = [weights.encodeBias.length, weights.firstBias.length];
  const encode = graph.constant([count, encoder], perElement(features, weights.encode, weights.encodeBias));
  const direct = graph.constant([count, first], perElement(features, weights.direct, weights.firstBias));
  const context = graph.node('MatMul', [
    systemContext(graph, features, elements),
    graph.constant([contextCount(features), encoder], weights.context),
  ]);
  const shared = graph.node('Unsqueeze', [context, graph.integers([1], [1])]);
  const hidden = graph.node('Relu', [graph.node('Add', [graph.node('Gather', [encode, elements]), shared])]);
  const vector = graph.node('MatMul', [hidden, graph.constant([encoder, first], weights.vector)]);
  const sum = graph.node('Add', [vector, graph.node('Gather', [direct, elements])]);
  const byElement = graph.node('Transpose', [sum], { perm: [1, 0, 2] });
  const arity = graph.node('Slice', [
    graph.node('Shape', [elements]),
    graph.integers([1], [1]),
    graph.integers([1], [2]),
  ]);
  return graph.node('Reshape', [byElement, graph.node('Concat', [arity, graph.integers([1], [-1])], { axis: 0 })]);
}

/** Shape (S, contextCount): minimum, maximum and mean of each property over a system, and its number of elements. */
function systemContext(graph: GraphBuilder, features: ElementFeatures, elements: Value): Value {
  const count = features.symbols.length;
  const table = graph.constant([count, features.names.length], features.values);
  const ones = graph.constant([count, 1], new Float32Array(count).fill(1));
  const properties = graph.node('Gather', [table, elements]);
  const arity = graph.node('ReduceSum', [graph.node('Gather', [ones, elements]), graph.integers([1], [1])], {
    keepdims: 0,
  });
  const pooled = ['ReduceMin', 'ReduceMax', 'ReduceMean'].map((pool) =>
    graph.node(pool, [properties], { axes: [1], keepdims: 0 }),
  );
  return graph.node('Concat', [...pooled, arity], { axis: 1 });
}

/** features·weights + bias for every element, shape (elements, columns); the bias counts once since fractions sum to 1. */
function perElement(features: ElementFeatures, weights: Float32Array, bias: Float32Array): Float32Array {
  const matrix = featureMatrix(features);
  const [rows, inner, columns] = [features.symbols.length, featureCount(features), bias.length];
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const sums = Float64Array.from(bias);
    for (let i = 0; i < inner; i++) {
      const x = matrix[row * inner + i];
      if (x !== 0) for (let j = 0; j < columns; j++) sums[j] += x * weights[i * columns + j];
    }
    result.set(sums, row * columns);
  }
  return result;
}

function gemm(graph: GraphBuilder, input: Value, weights: Float32Array, bias: Float32Array): Value {
  const columns = bias.length;
  const matrix = graph.constant([weights.length / columns, columns], weights);
  return graph.node('Gemm', [input, matrix, graph.constant([columns], bias)]);
}
