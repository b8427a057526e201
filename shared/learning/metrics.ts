/** How well probabilities tell positives from negatives. */
export interface BinaryMetrics {
  readonly auc: number; // area under the ROC curve; ties count half
  readonly averagePrecision: number; // area under the precision-recall curve, step-wise, as scikit-learn has it
  readonly f1: number; // at the threshold
  readonly accuracy: number; // at the threshold
}

/**
 * Ranking and threshold metrics of binary predictions. AUC and average precision are NaN without both classes.
 *
 * @param positive shape (n,), the truth
 * @param scores shape (n,), any monotonic score
 * @param threshold scores at or above it are predicted positive
 * @throws {RangeError} if a score is NaN, which has no place in a ranking
 */
export function binaryMetrics(
  positive: ArrayLike<boolean>,
  scores: ArrayLike<number>,
  threshold: number,
): BinaryMetrics {
  const { auc, averagePrecision } = rankingMetrics(positive, scores);
  let truePositives = 0;
  let correct = 0;
  let called = 0;
  let actual = 0;
  for (let i = 0; i < scores.length; i++) {
    const predicted = scores[i] >= threshold;
    called += Number(predicted);
    actual += Number(positive[i]);
    truePositives += Number(predicted && positive[i]);
    correct += Number(predicted === positive[i]);
  }
  const f1 = called + actual === 0 ? 0 : (2 * truePositives) / (called + actual);
  return { auc, averagePrecision, f1, accuracy: correct / scores.length };
}

/** Both from one walk down the ranking, equal scores taken together. */
function rankingMetrics(
  positive: ArrayLike<boolean>,
  scores: ArrayLike<number>,
): { auc: number; averagePrecision: number } {
  const missing = Array.from(scores).findIndex(Number.isNaN);
  if (missing >= 0) throw new RangeError(`score ${missing} of ${scores.length} is not a number`);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  let positives = 0;
  let negatives = 0;
  let pairs = 0; // (positive, negative) pairs in the right order, ties half
  let precisionSum = 0;
  for (let start = 0; start < order.length; ) {
    let tiedPositives = 0;
    let end = start;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++)
      tiedPositives += Number(positive[order[end]]);
    const tiedNegatives = end - start - tiedPositives;
    pairs += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    precisionSum += (tiedPositives * positives) / end;
    start = end;
  }
  if (positives === 0 || negatives === 0) return { auc: Number.NaN, averagePrecision: Number.NaN };
  return { auc: pairs / (positives * negatives), averagePrecision: precisionSum / positives };
}
