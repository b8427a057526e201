/** A fitted logistic model: P = sigmoid(intercept + coefficients · x), in raw units. */
export interface LogisticModel {
  readonly coefficients: Float64Array; // shape (p,)
  readonly intercept: number;
}

const MAX_STEPS = 100;
const MAX_HALVINGS = 40; // of a step that overshoots, as it can far from the minimum
const CONVERGED = 1e-10; // largest change of a coefficient in a Newton step, in standard deviations

/** Logistic function, without overflow at either end. */
export function sigmoid(logit: number): number {
  return logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));
}

/** The model's log-odds of one row. */
export function logisticLogit({ coefficients, intercept }: LogisticModel, row: ArrayLike<number>): number {
  let logit = intercept;
  for (let j = 0; j < coefficients.length; j++) logit += coefficients[j] * row[j];
  return logit;
}

/**
 * L2-regularized logistic regression by Newton's method (iteratively reweighted least squares). Minimizes the summed
 * log loss + penalty / 2 · |w|², where w are the coefficients of standardized features; the intercept is free. A feature
 * that is constant gets the coefficient 0.
 *
 * @param rows n rows of p features
 * @param positive shape (n,), both classes present
 * @param penalty > 0; scikit-learn's C is 1 / penalty
 */
export function fitLogistic(
  rows: readonly ArrayLike<number>[],
  positive: readonly boolean[],
  penalty: number,
): LogisticModel {
  const { means, deviations } = standardization(rows);
  const p = means.length;
  const standardized = rows.map((row) =>
    Float64Array.from({ length: p + 1 }, (_, j) => (j === p ? 1 : (row[j] - means[j]) / deviations[j])),
  );
  const weights = new Float64Array(p + 1); // the last is the intercept
  for (let step = 0; step < MAX_STEPS; step++) {
    const change = newtonStep(standardized, positive, weights, penalty);
    const before = penalizedLoss(standardized, positive, weights, penalty);
    for (let j = 0; j <= p; j++) weights[j] -= change[j];
    if (change.every((value) => Math.abs(value) < CONVERGED)) break;
    for (let halving = 0; halving < MAX_HALVINGS; halving++) {
      if (penalizedLoss(standardized, positive, weights, penalty) <= before) break;
      for (let j = 0; j <= p; j++) {
        change[j] /= 2;
        weights[j] += change[j];
      }
    }
  }
  const coefficients = means.map((_, j) => weights[j] / deviations[j]);
  return { coefficients, intercept: coefficients.reduce((sum, w, j) => sum - w * means[j], weights[p]) };
}

function standardization(rows: readonly ArrayLike<number>[]): { means: Float64Array; deviations: Float64Array } {
  const p = rows[0].length;
  const means = new Float64Array(p);
  const deviations = new Float64Array(p);
  for (const row of rows) for (let j = 0; j < p; j++) means[j] += row[j] / rows.length;
  for (const row of rows) for (let j = 0; j < p; j++) deviations[j] += (row[j] - means[j]) ** 2 / rows.length;
  return { means, deviations: deviations.map((variance, j) => nonZeroDeviation(Math.sqrt(variance), means[j])) };
}

/** Infinity, which takes the feature out, where it varies by rounding only. */
function nonZeroDeviation(deviation: number, mean: number): number {
  return deviation > 1e-12 * Math.abs(mean) ? deviation : Number.POSITIVE_INFINITY;
}

/** Hessian⁻¹ · gradient at the given weights. */
function newtonStep(
  rows: readonly Float64Array[],
  positive: readonly boolean[],
  weights: Float64Array,
  penalty: number,
): Float64Array {
  const size = weights.length;
  const gradient = weights.map((w, j) => (j === size - 1 ? 0 : penalty * w));
  const hessian = Array.from({ length: size }, (_, j) => {
    const line = new Float64Array(size);
    if (j < size - 1) line[j] = penalty;
    return line;
  });
  rows.forEach((row, i) => {
    const probability = sigmoid(row.reduce((sum, x, j) => sum + x * weights[j], 0));
    const curvature = probability * (1 - probability);
    for (let j = 0; j < size; j++) {
      gradient[j] += (probability - Number(positive[i])) * row[j];
      for (let k = 0; k < size; k++) hessian[j][k] += curvature * row[j] * row[k];
    }
  });
  return solve(hessian, gradient);
}

/** Summed log loss + penalty / 2 · |w|², the intercept left out. */
function penalizedLoss(
  rows: readonly Float64Array[],
  positive: readonly boolean[],
  weights: Float64Array,
  penalty: number,
): number {
  let loss = 0;
  for (let j = 0; j < weights.length - 1; j++) loss += (penalty / 2) * weights[j] ** 2;
  rows.forEach((row, i) => {
    const logit = row.reduce((sum, x, j) => sum + x * weights[j], 0);
    const margin = positive[i] ? logit : -logit;
    loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  });
  return loss;
}

/** Solution of a symmetric positive definite system by Gaussian elimination, in place. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let j = 0; j < n; j++) {
    for (let i = j + 1; i < n; i++) {
      const factor = matrix[i][j] / matrix[j][j];
      for (let k = j; k < n; k++) matrix[i][k] -= factor * matrix[j][k];
      right[i] -= factor * right[j];
    }
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let k = j + 1; k < n; k++) right[j] -= matrix[j][k] * right[k];
    right[j] /= matrix[j][j];
  }
  return right;
}

/** The logit of a probability; ±Infinity for 1 and 0. */
export function logitOf(probability: number): number {
  return Math.log(probability / (1 - probability));
}
