import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { Tape, type Variable } from '../onnx/tape.ts';
import type { ElementFeatures } from './element-features.ts';
import {
  contextCount,
  featureCount,
  featureMatrix,
  mapWeights,
  type NetworkSize,
  WEIGHT_NAMES,
  type WeightName,
  weightShapes,
} from './network.ts';

/** Sizes that the training graph is built for. */
export interface TrainingShape {
  readonly batch: number; // compositions per step
  readonly arity: number; // element slots per composition; unused ones have fraction 0
}

// Adam: Kingma & Ba 2015, arXiv:1412.6980; decoupled weight decay: Loshchilov & Hutter 2019, arXiv:1711.05101.
export const BETA1 = 0.9;
export const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * One training step of the student as an ONNX graph: forward pass, gradients of the loss of `Example`, AdamW.
 *
 * Inputs: `elements` int64 (batch·arity) table rows; `fractions` (batch·arity, 1); `systems` (batch, contextCount), the context of each composition's system;
 * `target`, `slope`, `shift` (batch, 1), see `Example`; `weight` (batch, 1), summing to 1; `rate`, `decay`, `correction1`, `correction2`
 * scalars (learning rate, weight decay times learning rate, 1 − β1^t, 1 − β2^t); and per weight w: `w`, `w.m`, `w.v`.
 * Outputs: per weight `w.next`, `w.m.next`, `w.v.next`.
 */
export function buildTrainingGraph(features: ElementFeatures, size: NetworkSize, shape: TrainingShape): Uint8Array {
  const graph = new GraphBuilder();
  const tape = new Tape(graph);
  const shapes = weightShapes(features, size);
  const weights = mapWeights((name) => tape.parameter(name, shapes[name]));
  const logit = forwardBatch(tape, features, weights, shape);
  const [target, slope, shift, weight] = ['target', 'slope', 'shift', 'weight'].map((name) =>
    graph.input(name, 'float', [shape.batch, 1]),
  );
  const above = graph.node('Sigmoid', [graph.node('Sub', [logit.value, shift])]);
  const error = graph.node('Sub', [graph.node('Mul', [slope, above]), target]); // d loss / d logit
  const gradients = tape.gradients(logit, graph.node('Mul', [error, weight]), Object.values(weights));
  const scalars = ['rate', 'decay', 'correction1', 'correction2'].map((name) => graph.input(name, 'float', []));
  WEIGHT_NAMES.forEach((name, i) => {
    adamStep(graph, name, weights[name], gradients[i], scalars);
  });
  return graph.encode('training-step');
}

/** Logits of a batch, shape (batch, 1): the network of `network.ts` with every composition in a row of its own. */
function forwardBatch(
  tape: Tape,
  features: ElementFeatures,
  weights: Readonly<Record<WeightName, Variable>>,
  { batch, arity }: TrainingShape,
): Variable {
  const { graph } = tape;
  const count = features.symbols.length;
  const slots = batch * arity;
  const elements = graph.input('elements', 'int64', [slots]);
  const fractions = tape.data(graph.input('fractions', 'float', [slots, 1]), [slots, 1]);
  const context = tape.data(graph.input('systems', 'float', [batch, contextCount(features)]), [
    batch,
    contextCount(features),
  ]);
  const matrixShape = [count, featureCount(features)];
  const matrix = tape.data(graph.constant(matrixShape, featureMatrix(features)), matrixShape);

  const [encoder, first] = [weights.encodeBias.shape[1], weights.firstBias.shape[1]];
  const own = tape.reshape(tape.gather(tape.matmul(matrix, weights.encode), elements, slots), [batch, arity, encoder]);
  const shared = tape.add(tape.matmul(context, weights.context), weights.encodeBias);
  const hidden = tape.relu(tape.add(own, tape.reshape(shared, [batch, 1, encoder])));
  const vectors = tape.add(
    tape.matmul(tape.reshape(hidden, [slots, encoder]), weights.vector),
    tape.gather(tape.matmul(matrix, weights.direct), elements, slots),
  );
  const mean = tape.sum(tape.reshape(tape.multiply(vectors, fractions), [batch, arity, first]), 1);
  const layer1 = tape.relu(tape.add(mean, weights.firstBias));
  const layer2 = tape.relu(tape.add(tape.matmul(layer1, weights.second), weights.secondBias));
  return tape.add(tape.matmul(layer2, weights.last), weights.lastBias);
}

function adamStep(
  graph: GraphBuilder,
  name: WeightName,
  weight: Variable,
  gradient: Value,
  scalars: readonly Value[],
): void {
  const [rate, decay, correction1, correction2] = scalars;
  const momentum = graph.input(`${name}.m`, 'float', weight.shape);
  const variance = graph.input(`${name}.v`, 'float', weight.shape);
  const scaled = (value: Value, factor: number): Value => graph.node('Mul', [value, graph.constant([], [factor])]);
  const nextMomentum = graph.node('Add', [scaled(momentum, BETA1), scaled(gradient, 1 - BETA1)]);
  const squared = graph.node('Mul', [gradient, gradient]);
  const nextVariance = graph.node('Add', [scaled(variance, BETA2), scaled(squared, 1 - BETA2)]);
  const root = graph.node('Sqrt', [graph.node('Div', [nextVariance, correction2])]);
  const direction = graph.node('Div', [
    graph.node('Div', [nextMomentum, correction1]),
    graph.node('Add', [root, graph.constant([], [EPSILON])]),
  ]);
  const stepped = graph.node('Sub', [weight.value, graph.node('Mul', [direction, rate])]);
  const decayed = name.endsWith('Bias')
    ? stepped
    : graph.node('Sub', [stepped, graph.node('Mul', [weight.value, decay])]);
  graph.output(`${name}.next`, decayed, weight.shape);
  graph.output(`${name}.m.next`, nextMomentum, weight.shape);
  graph.output(`${name}.v.next`, nextVariance, weight.shape);
}
