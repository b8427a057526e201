import type { MeasuredComposition } from '../labels/measurements.ts';
import { binaryMetrics } from '../learning/metrics.ts';
import { createRandom, randomInteger } from '../random.ts';

/** How well predictions agree with measurements. */
export interface MeasuredMetrics {
  readonly auc: number; // for measured values at or above the threshold
  readonly meanAbsoluteError: number; // of log10 of S/cm; of a bound, how far the prediction is on its wrong side
}

/** A figure with the interval that holds it with 95 % confidence. */
export interface MeasuredInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Metrics of predicted log10 conductivities. An upper bound at or below the threshold counts as below it.
 *
 * @param predicted log10 of S/cm, same length; any monotonic score for the AUC alone
 * @param threshold log10 of S/cm
 */
export function measuredMetrics(
  measured: readonly MeasuredComposition[],
  predicted: ArrayLike<number>,
  threshold: number,
): MeasuredMetrics {
  const decided = measured.flatMap((one, i) => (decides(one, threshold) ? [i] : []));
  const { auc } = binaryMetrics(
    decided.map((i) => measured[i].log10 >= threshold && measured[i].bound !== 'upper'),
    decided.map((i) => predicted[i]),
    threshold,
  );
  const errors = measured.map((one, i) => absoluteError(one, predicted[i]));
  return { auc, meanAbsoluteError: errors.reduce((sum, error) => sum + error, 0) / errors.length };
}

function decides({ log10, bound }: MeasuredComposition, threshold: number): boolean {
  return bound === 'exact' || (bound === 'upper' ? log10 <= threshold : log10 >= threshold);
}

function absoluteError({ log10, bound }: MeasuredComposition, predicted: number): number {
  const excess = predicted - log10;
  if (bound === 'exact') return Math.abs(excess);
  return Math.max(0, bound === 'upper' ? excess : -excess);
}

const RESAMPLES = 1000;

/**
 * A figure of measured compositions with its percentile bootstrap interval. Whole chemical systems are drawn, since compositions of one
 * system are not independent; equal seeds draw the same, so that differences of figures are paired.
 *
 * @param figure of the compositions in these rows, which may occur more than once
 * @see Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13
 */
export function bootstrapInterval(
  measured: readonly Pick<MeasuredComposition, 'system'>[],
  seed: number,
  figure: (rows: readonly number[]) => number,
): MeasuredInterval {
  const bySystem = new Map<string, number[]>();
  measured.forEach(({ system }, i) => {
    const rows = bySystem.get(system);
    if (rows === undefined) bySystem.set(system, [i]);
    else rows.push(i);
  });
  const systems = [...bySystem.values()];
  const random = createRandom(seed);
  const draws = Array.from({ length: RESAMPLES }, () =>
    figure(systems.flatMap(() => systems[randomInteger(random, systems.length)])),
  );
  const sorted = Float64Array.from(draws.filter(Number.isFinite)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { value: figure(measured.map((_, i) => i)), low: at(0.025), high: at(0.975) };
}

/** Metrics of the compositions in some rows, averaged over the predictions of repeated cross-validations. */
export function averageMetrics(
  measured: readonly MeasuredComposition[],
  repeats: readonly ArrayLike<number>[],
  threshold: number,
  rows: readonly number[],
): MeasuredMetrics {
  const sample = rows.map((i) => measured[i]);
  const each = repeats.map((predicted) =>
    measuredMetrics(
      sample,
      rows.map((i) => predicted[i]),
      threshold,
    ),
  );
  const mean = (name: keyof MeasuredMetrics): number => each.reduce((sum, one) => sum + one[name], 0) / each.length;
  return { auc: mean('auc'), meanAbsoluteError: mean('meanAbsoluteError') };
}
