/** A point of a precision-recall curve. */
export interface PrecisionRecall {
  readonly recall: number;
  readonly precision: number;
}

/**
 * Precision and recall down a ranking; equal scores are taken together. Without positives there is no curve.
 *
 * @param points at most so many, at even steps of recall
 */
export function precisionRecallCurve(
  truth: readonly boolean[],
  scores: ArrayLike<number>,
  points: number,
): PrecisionRecall[] {
  const order = truth.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const positives = truth.filter(Boolean).length;
  if (positives === 0) return [];
  const curve: PrecisionRecall[] = [];
  let found = 0;
  order.forEach((i, k) => {
    const before = found;
    found += Number(truth[i]);
    const tied = k + 1 < order.length && scores[order[k + 1]] === scores[i];
    const step = (count: number): number => Math.floor((count * points) / positives);
    if (!tied && (k + 1 === order.length || step(found) > step(before) || curve.length === 0))
      curve.push({ recall: found / positives, precision: found / (k + 1) });
  });
  return curve;
}

/** Predictions with a probability in a range. */
export interface ReliabilityBin {
  readonly count: number;
  readonly probability: number; // mean
  readonly positives: number; // share
}

/** Bins of equal width of probability; empty ones are left out. */
export function reliabilityBins(
  truth: readonly boolean[],
  probabilities: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const members: number[][] = Array.from({ length: bins }, () => []);
  truth.forEach((_, i) => {
    members[Math.min(bins - 1, Math.floor(probabilities[i] * bins))].push(i);
  });
  return members.flatMap((rows) => {
    if (rows.length === 0) return [];
    const mean = (of: (i: number) => number): number => rows.reduce((sum, i) => sum + of(i), 0) / rows.length;
    return [
      { count: rows.length, probability: mean((i) => probabilities[i]), positives: mean((i) => Number(truth[i])) },
    ];
  });
}
