import type { MeasuredInterval } from '../../shared/fine-tuning/measured-metrics.ts';
import type { FoldSpread } from '../../shared/student/card.ts';

/** A share as percent. */
export function percentText(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** A figure with its interval, such as 0.84 (0.67 to 0.98). */
export function intervalText({ value, low, high }: MeasuredInterval): string {
  if (![value, low, high].every(Number.isFinite)) return '–';
  return `${value.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** Mean ± standard deviation. */
export function formatSpread({ mean, deviation }: FoldSpread): string {
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}
