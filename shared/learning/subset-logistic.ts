/**
 * Rows made ready for fitting many regressions on subsets of their columns, each with one row left out: the same
 * regressions as `fitLogistic` fits, several times faster.
 */
export interface PreparedRows {
  readonly count: number;
  readonly width: number;
  readonly standardized: Float64Array; // shape (count, width) row-major, by the mean and deviation over all rows
  readonly penalties: Float64Array; // shape (count, width): with row i left out, what the penalty is multiplied with
}

const NEVER = 1e12; // multiplies the penalty of a column that is constant without a row: its coefficient is 0
const CONSTANT = 1e-12; // deviation of a constant column, as a share of its mean

/** @param rows n rows of p values, n > 2 */
export function prepareRows(rows: readonly ArrayLike<number>[]): PreparedRows {
  const [count, width] = [rows.length, rows[0].length];
  const standardized = new Float64Array(count * width);
  const penalties = new Float64Array(count * width).fill(1);
  for (let j = 0; j < width; j++) {
    const column = Float64Array.from(rows, (row) => row[j]);
    const [mean, deviation] = moments(column);
    if (!(deviation > CONSTANT * Math.abs(mean))) continue; // zeros: a constant column has no influence
    column.forEach((value, i) => {
      const [otherMean, other] = moments(column.filter((_, k) => k !== i));
      standardized[i * width + j] = (value - mean) / deviation;
      penalties[i * width + j] = other > CONSTANT * Math.abs(otherMean) ? (other / deviation) ** 2 : NEVER;
    });
  }
  return { count, width, standardized, penalties };
}

function moments(values: Float64Array): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

const MAX_STEPS = 30;
const LAST_STEP = 1e-3; // standard deviations: after a Newton step this small the error is of the order of its square
const NO_ROW = -1;

/** Leave-one-out log-odds of regressions on subsets of columns. Holds its memory, so that nothing is allocated per fit. */
export class SubsetFitter {
  private readonly rows: PreparedRows;
  private readonly positive: readonly boolean[];
  private readonly penalty: number;
  private readonly weights: Float64Array; // shape (size,), the last is the intercept
  private readonly hessian: Float64Array; // shape (size, size) row-major, of the largest subset
  private readonly gradient: Float64Array;
  private readonly x: Float64Array; // one row with its 1 for the intercept

  /**
   * @param positive shape (count,), at least two of each class
   * @param penalty > 0, as `fitLogistic` takes it
   */
  constructor(rows: PreparedRows, positive: readonly boolean[], penalty: number) {
    const size = rows.width + 1;
    this.rows = rows;
    this.positive = positive;
    this.penalty = penalty;
    this.weights = new Float64Array(size);
    this.hessian = new Float64Array(size * size);
    this.gradient = new Float64Array(size);
    this.x = new Float64Array(size);
  }

  /**
   * Log-odds of every row from a model of all others.
   *
   * @param columns indices of the subset, at least one
   * @param logits shape (count,), receives the result
   * @returns false if Newton's method does not converge for one of the rows, as it may not with a tiny penalty
   */
  leaveOneOut(columns: readonly number[], logits: Float64Array): boolean {
    const size = columns.length + 1;
    this.weights.fill(0);
    if (!this.fit(columns, NO_ROW)) return false;
    const start = this.weights.slice(0, size);
    for (let i = 0; i < this.rows.count; i++) {
      this.weights.set(start);
      if (!this.fit(columns, i)) return false;
      logits[i] = this.logit(columns, i);
    }
    return true;
  }

  /** Newton's method from the present weights; leaves the row's own values in `x`. */
  private fit(columns: readonly number[], leftOut: number): boolean {
    for (let step = 0; step < MAX_STEPS; step++) {
      this.accumulate(columns, leftOut);
      const change = this.solve(columns.length + 1);
      if (change < LAST_STEP) return true;
    }
    return false;
  }

  private logit(columns: readonly number[], row: number): number {
    const { width, standardized } = this.rows;
    const p = columns.length;
    let logit = this.weights[p];
    for (let j = 0; j < p; j++) {
      this.x[j] = standardized[row * width + columns[j]];
      logit += this.weights[j] * this.x[j];
    }
    this.x[p] = 1;
    return logit;
  }

  /** Gradient and lower triangle of the Hessian at the present weights. */
  private accumulate(columns: readonly number[], leftOut: number): void {
    const { gradient, hessian, weights, x, penalty } = this;
    const { count, width, penalties } = this.rows;
    const size = columns.length + 1;
    hessian.fill(0, 0, size * size);
    gradient.fill(0, 0, size);
    for (let j = 0; j < size - 1; j++) {
      const strength = penalty * (leftOut === NO_ROW ? 1 : penalties[leftOut * width + columns[j]]);
      hessian[j * size + j] = strength;
      gradient[j] = strength * weights[j];
    }
    for (let i = 0; i < count; i++) {
      if (i === leftOut) continue;
      const probability = 1 / (1 + Math.exp(-this.logit(columns, i)));
      const residual = probability - (this.positive[i] ? 1 : 0);
      const curvature = probability * (1 - probability);
      for (let j = 0; j < size; j++) {
        gradient[j] += residual * x[j];
        const scaled = curvature * x[j];
        for (let k = 0; k <= j; k++) hessian[j * size + k] += scaled * x[k];
      }
    }
  }

  /** Take the Newton step, by Cholesky factorization in place; returns its largest component, NaN if there is none. */
  private solve(size: number): number {
    const { hessian: l, gradient: b, weights } = this;
    for (let j = 0; j < size; j++) {
      for (let k = 0; k <= j; k++) {
        let sum = l[j * size + k];
        for (let m = 0; m < k; m++) sum -= l[j * size + m] * l[k * size + m];
        l[j * size + k] = j === k ? Math.sqrt(sum) : sum / l[k * size + k];
      }
      for (let m = 0; m < j; m++) b[j] -= l[j * size + m] * b[m];
      b[j] /= l[j * size + j];
    }
    let largest = 0;
    for (let j = size - 1; j >= 0; j--) {
      for (let m = j + 1; m < size; m++) b[j] -= l[m * size + j] * b[m];
      b[j] /= l[j * size + j];
      weights[j] -= b[j];
      largest = Math.max(largest, Math.abs(b[j]));
    }
    return largest;
  }
}
