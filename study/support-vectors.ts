/// <reference path="./libsvm-js.d.ts" />
import Libsvm from 'libsvm-js/asm.js';

const CACHE_MB = 200;

/**
 * Support vector classification with a Gaussian kernel exp(−γ |x − y|²) on standardized features, γ = 1 / features: LIBSVM
 * (Chang & Lin 2011, doi:10.1145/1961189.1961199). LIBSVM tells classes only, so decision values are made from its model.
 *
 * @param cost C; scikit-learn has 1 by default
 * @returns the decision value, positive for positives
 */
export function fitSupportVectors(
  rows: readonly ArrayLike<number>[],
  positive: readonly boolean[],
  cost: number,
): ScoreComposition {
  const standardize = standardizer(rows);
  const samples = rows.map(standardize);
  const gamma = 1 / rows[0].length;
  const options = { type: Libsvm.SVM_TYPES.C_SVC, kernel: Libsvm.KERNEL_TYPES.RBF, cost, gamma };
  const machine = new Libsvm({ ...options, cacheSize: CACHE_MB, quiet: true });
  machine.train(samples, positive.map(Number));
  const { offset, coefficients } = readModel(machine.serializeModel());
  const vectors = machine.getSVIndices().map((i) => samples[i]);
  machine.free();
  return (row) => {
    const x = standardize(row);
    return vectors.reduce(
      (sum, vector, v) => sum + coefficients[v] * Math.exp(-gamma * squaredDistance(x, vector)),
      -offset,
    );
  };
}

/** Coefficients from LIBSVM's text of a model, with the sign that makes positives positive. */
function readModel(text: string): { offset: number; coefficients: Float64Array } {
  const lines = text.split('\n');
  const value = (key: string): string[] =>
    lines
      .find((line) => line.startsWith(`${key} `))
      ?.split(' ')
      .slice(1) ?? [];
  const sign = value('label')[0] === '1' ? 1 : -1; // decision values are positive for the class that comes first
  const vectors = lines.slice(lines.indexOf('SV') + 1).filter((line) => line !== '');
  const coefficients = Float64Array.from(vectors, (line) => sign * Number(line.slice(0, line.indexOf(' '))));
  return { offset: sign * Number(value('rho')[0]), coefficients };
}

/** To mean 0 and variance 1 over the given rows; a constant feature becomes 0. */
function standardizer(rows: readonly ArrayLike<number>[]): (row: ArrayLike<number>) => Float64Array {
  const width = rows[0].length;
  const means = new Float64Array(width);
  const variances = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) means[j] += row[j] / rows.length;
  for (const row of rows) for (let j = 0; j < width; j++) variances[j] += (row[j] - means[j]) ** 2 / rows.length;
  const scales = variances.map((variance, j) =>
    Math.sqrt(variance) > 1e-12 * Math.abs(means[j]) ? 1 / Math.sqrt(variance) : 0,
  );
  return (row) => Float64Array.from(row, (value, j) => (value - means[j]) * scales[j]);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}

/** Score of a row; higher = more likely positive. */
export type ScoreComposition = (row: ArrayLike<number>) => number;
