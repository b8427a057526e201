import type { Bound } from '../labels/measured-rows.ts';
import { sigmoid } from '../learning/logistic.ts';
import type { Example } from '../student/trainer.ts';

/**
 * How a logit tells a conductivity. Measured log10 conductivities scatter about the predicted one by a logistic distribution, so the
 * probability that one reaches the threshold is sigmoid((predicted − threshold) / scale): the logit is affine in the prediction.
 */
export interface ConductivityScale {
  readonly threshold: number; // log10 of S/cm: logit 0
  readonly scale: number; // of the logistic distribution, decades per unit of logit; its standard deviation is π/√3 times this
}

/** Logit of a predicted log10 conductivity. */
export function measuredLogitOf(log10: number, { threshold, scale }: ConductivityScale): number {
  return (log10 - threshold) / scale;
}

/** Predicted log10 conductivity (S/cm) of a logit: the median, and the mean, of its distribution. */
export function log10Of(logit: number, { threshold, scale }: ConductivityScale): number {
  return threshold + scale * logit;
}

/**
 * The loss of a measured value as {@link Example} has it: minus the logarithm of the logistic density for a value, of
 * the distribution function for a bound.
 */
export function measuredLoss(
  log10: number,
  bound: Bound,
  scale: ConductivityScale,
): Required<Pick<Example, 'probability' | 'slope' | 'shift'>> {
  const shift = measuredLogitOf(log10, scale);
  if (bound === 'exact') return { slope: 2, shift, probability: 1 };
  return { slope: 1, shift, probability: bound === 'upper' ? 0 : 1 };
}

/**
 * Minus the log-likelihood of one measured value, per unit of log10 conductivity.
 *
 * @param predicted log10 conductivity
 */
export function negativeLogLikelihood(log10: number, bound: Bound, predicted: number, scale: number): number {
  const u = (log10 - predicted) / scale;
  if (bound === 'exact') return u + 2 * softplus(-u) + Math.log(scale);
  return softplus(bound === 'upper' ? -u : u);
}

/** Mean of a logistic distribution cut off at a bound: what stands for a value known only as a bound. */
export function expectedBeyond(
  log10: number,
  bound: Exclude<Bound, 'exact'>,
  predicted: number,
  scale: number,
): number {
  const u = (log10 - predicted) / scale;
  const tail = bound === 'upper' ? -meanExcess(u) : meanExcess(-u);
  return log10 + scale * tail;
}

/** E[u − x | x < u] of a standard logistic x: ∫ F over the part below u, divided by F(u). */
function meanExcess(u: number): number {
  return u < -30 ? 1 : softplus(u) / sigmoid(u);
}

const SCALE_RANGE = [0.05, 5] as const; // decades

/**
 * The scale of most likelihood for given predictions, by golden section of its logarithm to 1e-4.
 *
 * @param measured values and bounds
 * @param predicted log10 conductivities that were made without them, same length
 */
export function fitScale(
  measured: readonly { readonly log10: number; readonly bound: Bound }[],
  predicted: ArrayLike<number>,
): number {
  const cost = (logarithm: number): number =>
    measured.reduce(
      (sum, { log10, bound }, i) => sum + negativeLogLikelihood(log10, bound, predicted[i], Math.exp(logarithm)),
      0,
    );
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = SCALE_RANGE.map(Math.log);
  while (high - low > 1e-4) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (cost(left) < cost(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
