/** What repeats of one measurement say together. */
export interface Quartiles {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly samples: readonly number[]; // in the order in which they were taken
}

/** The middle sample, or the mean of the two in the middle. Throws {@link RangeError} if there is none. */
export function medianOf(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError('no sample has no median');
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Throws {@link RangeError} if there is no sample. */
export function spreadOf(samples: readonly number[]): Quartiles {
  return { median: medianOf(samples), least: Math.min(...samples), most: Math.max(...samples), samples };
}

/** Sample by sample: what was measured in one round is compared, since rates drift with the machine. */
export function ratioOf(numerator: Quartiles, denominator: Quartiles): Quartiles {
  return spreadOf(numerator.samples.map((value, i) => value / denominator.samples[i]));
}
