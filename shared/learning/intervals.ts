/** A 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

// Student's t at 97.5 % for 1 to 10 degrees of freedom: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const Z = 1.959964; // the same for infinitely many

/**
 * 95 % confidence interval of the mean over folds, by Student's t distribution. The folds share most of what was learned
 * from, so it is somewhat too narrow (Bengio & Grandvalet, J. Mach. Learn. Res. 5, 1089, 2004).
 *
 * @param values of at least two folds, each in [0, 1]; the interval is kept in it
 */
export function foldInterval(values: readonly number[]): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = quantileOfT(n - 1) * Math.sqrt(variance / n);
  return { low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}

/** Beyond the table by the expansion in 1/df of Abramowitz & Stegun 1964, 26.7.5, good to 1e-3 there. */
function quantileOfT(df: number): number {
  if (df <= T.length) return T[df - 1];
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  return Z + first / df + second / df ** 2 + third / df ** 3;
}

/** Such as `0.768 to 0.840`. */
export function formatInterval({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}
