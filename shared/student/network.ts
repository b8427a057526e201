import type { Composition } from '../chemistry/formula.ts';
import { createRandom, type Random, randomNormal } from '../random.ts';
import type { ElementFeatures } from './element-features.ts';

/** Widths of the student's layers. */
export interface NetworkSize {
  readonly encoder: number; // hidden units per element in the system encoder
  readonly first: number; // units of the first layer, paid per composition
  readonly second: number; // units of the second layer, paid per composition
}

export const DEFAULT_SIZE: NetworkSize = { encoder: 64, first: 64, second: 32 };

/**
 * Weights by name, row-major (inputs, outputs); shapes from {@link weightShapes}. For a composition with fractions f of
 * the elements e of a system:
 *
 *     h(e) = relu(features(e)·encode + context(system)·context + encodeBias)       per element and system
 *     z    = Σ f(e) · (h(e)·vector + features(e)·direct) + firstBias               affine in the fractions
 *     logit = relu(relu(z)·second + secondBias)·last + lastBias
 *
 * Only the last two lines are paid per composition.
 */
export type Weights = Readonly<Record<WeightName, Float32Array>>;

export const WEIGHT_NAMES = [
  'encode',
  'encodeBias',
  'context',
  'vector',
  'direct',
  'firstBias',
  'second',
  'secondBias',
  'last',
  'lastBias',
] as const;
export type WeightName = (typeof WEIGHT_NAMES)[number];

/** Number of features per element: its standardized properties and one indicator per element. */
export function featureCount(features: ElementFeatures): number {
  return features.names.length + features.symbols.length;
}

/** Number of context values per system: minimum, maximum and mean of each property, and the number of elements. */
export function contextCount(features: ElementFeatures): number {
  return 3 * features.names.length + 1;
}

/** Shape of each weight matrix; biases have one row. */
export function weightShapes(
  features: ElementFeatures,
  size: NetworkSize,
): Readonly<Record<WeightName, readonly [number, number]>> {
  const p = featureCount(features);
  return {
    encode: [p, size.encoder],
    encodeBias: [1, size.encoder],
    context: [contextCount(features), size.encoder],
    vector: [size.encoder, size.first],
    direct: [p, size.first],
    firstBias: [1, size.first],
    second: [size.first, size.second],
    secondBias: [1, size.second],
    last: [size.second, 1],
    lastBias: [1, 1],
  };
}

/** Initial weights: normal with variance 2 / inputs (He et al. 2015, doi:10.1109/ICCV.2015.123), biases zero. */
export function initialWeights(features: ElementFeatures, size: NetworkSize, seed: number): Weights {
  const random = createRandom(seed);
  const shapes = weightShapes(features, size);
  return mapWeights((name) => {
    const [rows, columns] = shapes[name];
    const fanIn = name === 'encode' || name === 'direct' ? features.names.length : rows;
    return name.endsWith('Bias')
      ? new Float32Array(columns)
      : normal(rows * columns, Math.sqrt(2 / fanIn) * SCALE[name], random);
  });
}

// The branches into one layer share its variance; the last layer starts small so that the first logits are near 0.
const SCALE: Readonly<Record<string, number>> = {
  encode: 0.7,
  context: 0.5,
  vector: 0.7,
  direct: 0.5,
  second: 1,
  last: 0.5,
};

function normal(count: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => deviation * randomNormal(random));
}

/** A record with one value per weight. */
export function mapWeights<T>(of: (name: WeightName) => T): Record<WeightName, T> {
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, of(name)])) as Record<WeightName, T>;
}

/**
 * Feature matrix of the elements, shape (elements, featureCount): properties, then a unit matrix.
 */
export function featureMatrix(features: ElementFeatures): Float32Array {
  const p = featureCount(features);
  const n = features.names.length;
  const matrix = new Float32Array(features.symbols.length * p);
  for (let e = 0; e < features.symbols.length; e++) {
    matrix.set(features.values.subarray(e * n, (e + 1) * n), e * p);
    matrix[e * p + n + e] = 1;
  }
  return matrix;
}

/**
 * Context of a system: minimum, maximum and mean of each property over its elements, then the number of elements.
 *
 * @param rows table rows of the elements
 * @param context receives contextCount values at `offset`
 */
export function writeContext(
  features: ElementFeatures,
  rows: ArrayLike<number>,
  context: Float32Array,
  offset: number,
): void {
  const n = features.names.length;
  for (let j = 0; j < n; j++) {
    let low = Infinity;
    let high = -Infinity;
    let sum = 0;
    for (let e = 0; e < rows.length; e++) {
      const value = features.values[rows[e] * n + j];
      if (value < low) low = value;
      if (value > high) high = value;
      sum += value;
    }
    context[offset + j] = low;
    context[offset + n + j] = high;
    context[offset + 2 * n + j] = sum / rows.length;
  }
  context[offset + 3 * n] = rows.length;
}

/** Reference forward pass in double precision, term by term; what the ONNX graph must agree with. */
export function forward(features: ElementFeatures, weights: Weights, { atomicNumbers, amounts }: Composition): number {
  const rows = atomicNumbers.map((z) => features.rowByAtomicNumber[z]);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const p = featureCount(features);
  const matrix = featureMatrixOf(features);
  const context = new Float32Array(contextCount(features));
  writeContext(features, rows, context, 0);
  const shift = affine(context, weights.context, weights.encodeBias);
  const first = Float64Array.from(weights.firstBias);
  rows.forEach((row, e) => {
    const feature = matrix.subarray(row * p, (row + 1) * p);
    const hidden = relu(affine(feature, weights.encode, shift));
    const vector = affine(hidden, weights.vector, affine(feature, weights.direct, new Float64Array(first.length)));
    for (let h = 0; h < first.length; h++) first[h] += (amounts[e] / total) * vector[h];
  });
  const second = relu(affine(relu(first), weights.second, weights.secondBias));
  return affine(second, weights.last, weights.lastBias)[0];
}

const MATRICES = new WeakMap<ElementFeatures, Float32Array>();

function featureMatrixOf(features: ElementFeatures): Float32Array {
  const known = MATRICES.get(features);
  if (known !== undefined) return known;
  const matrix = featureMatrix(features);
  MATRICES.set(features, matrix);
  return matrix;
}

/** x·weights + bias, with weights (inputs, outputs) row-major. */
export function affine(x: ArrayLike<number>, weights: Float32Array, bias: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(bias);
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    for (let j = 0; j < result.length; j++) result[j] += x[i] * weights[i * result.length + j];
  }
  return result;
}

/** Every negative value becomes 0. */
export function relu(x: Float64Array): Float64Array {
  return x.map((value) => Math.max(0, value));
}
