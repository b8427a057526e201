import { ELECTRONEGATIVITY } from '../chemistry/elements.ts';
import type { Composition } from '../chemistry/formula.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { COMPARED, type Compared, type HeldOutPredictions } from './evaluate-fine-tuning.ts';
import { averageMetrics, bootstrapInterval, type MeasuredInterval } from './measured-metrics.ts';

/** What is compared: models, and baselines of one line. */
export type ComparedName = Compared | 'elements' | 'electronegativity' | 'median';

/** What they are called. */
export const COMPARED_TITLES: Readonly<Record<ComparedName, string>> = {
  fineTuned: 'fine-tuned student',
  untransferred: 'the same from random weights, without the teacher',
  measurementsAlone: 'the same network on the measurements alone',
  forest: 'random forest on the measurements',
  transferred: 'labels-only student',
  elements: 'number of elements',
  electronegativity: 'low electronegativity of the anion',
  median: 'median of all measurements',
};

/** One row of the comparison. A score that is no conductivity has no error; a constant has no AUC. */
export interface ComparisonRow {
  readonly name: ComparedName;
  readonly auc?: MeasuredInterval | undefined;
  readonly meanAbsoluteError?: MeasuredInterval | undefined; // of log10 of S/cm
}

/** All on the same held-out compositions. */
export interface MeasuredComparison {
  readonly rows: readonly ComparisonRow[];
  /** AUC of the fine-tuned student minus that of the labels-only one, resampled in pairs. */
  readonly gain: MeasuredInterval;
  readonly whole?: WholeComparison | undefined; // none if these are all of one class
}

/** The same AUC of compositions with small whole amounts alone, such as a space has: no dopant series. */
export interface WholeComparison {
  readonly compositions: number;
  readonly conductors: number;
  readonly auc: Readonly<Partial<Record<ComparedName, MeasuredInterval>>>;
  readonly gain: MeasuredInterval;
}

const SCORES: ReadonlySet<ComparedName> = new Set(['transferred', 'elements', 'electronegativity']);

/**
 * Compare what the models predict for held-out systems with the measurements.
 *
 * @param repeats of the cross-validation, each with all its folds
 * @param threshold log10 of S/cm
 */
export function compareMeasured(
  measured: readonly MeasuredComposition[],
  repeats: readonly (readonly HeldOutPredictions[])[],
  threshold: number,
  seed: number,
): MeasuredComparison {
  const predictions = new Map<ComparedName, readonly ArrayLike<number>[]>([
    ...COMPARED.map((name) => [name, repeats.map((folds) => collect(measured.length, folds, name))] as const),
    ...baselines(measured),
  ]);
  const metrics = (name: ComparedName, rows: readonly number[]) =>
    averageMetrics(measured, predictions.get(name) as readonly ArrayLike<number>[], threshold, rows);
  const auc = (name: ComparedName) => (rows: readonly number[]) => metrics(name, rows).auc;
  const error = (name: ComparedName) => (rows: readonly number[]) => metrics(name, rows).meanAbsoluteError;
  const gain = (rows: readonly number[]): number => auc('fineTuned')(rows) - auc('transferred')(rows);
  const ranked = [...predictions.keys()].filter((name) => name !== 'median');
  return {
    rows: [...predictions.keys()].map((name) => ({
      name,
      auc: name === 'median' ? undefined : bootstrapInterval(measured, seed, auc(name)),
      meanAbsoluteError: SCORES.has(name) ? undefined : bootstrapInterval(measured, seed, error(name)),
    })),
    gain: bootstrapInterval(measured, seed, gain),
    whole: compareWhole(measured, threshold, (figure) => bootstrapInterval(measured, seed, figure), ranked, auc, gain),
  };
}

type Figure = (rows: readonly number[]) => number;

function compareWhole(
  measured: readonly MeasuredComposition[],
  threshold: number,
  interval: (figure: Figure) => MeasuredInterval,
  names: readonly ComparedName[],
  auc: (name: ComparedName) => Figure,
  gain: Figure,
): WholeComparison | undefined {
  const isWhole = measured.map(({ composition }) => hasWholeAmounts(composition));
  const whole = measured.filter((_, i) => isWhole[i]);
  const conductors = whole.filter(({ log10, bound }) => log10 >= threshold && bound !== 'upper').length;
  if (conductors === 0 || conductors === whole.length) return undefined;
  const only = (figure: Figure) => interval((rows) => figure(rows.filter((i) => isWhole[i])));
  return {
    compositions: whole.length,
    conductors,
    auc: Object.fromEntries(names.map((name) => [name, only(auc(name))])),
    gain: only(gain),
  };
}

const LARGEST_AMOUNT = 12;
const TOLERANCE = 2e-3; // of an amount; published ones are rounded

/** Whether a composition can be written with whole amounts up to 12. */
export function hasWholeAmounts({ atomicNumbers, amounts }: Composition): boolean {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  for (let total = atomicNumbers.length; total <= LARGEST_AMOUNT * atomicNumbers.length; total++) {
    const scaled = amounts.map((amount) => (amount / sum) * total);
    const isWhole = (amount: number): boolean =>
      Math.abs(amount - Math.round(amount)) < TOLERANCE && Math.round(amount) >= 1 && amount < LARGEST_AMOUNT + 0.5;
    if (scaled.every(isWhole)) return true;
  }
  return false;
}

function collect(count: number, folds: readonly HeldOutPredictions[], name: Compared): Float64Array {
  const all = new Float64Array(count).fill(Number.NaN);
  for (const { rows, predictions } of folds) {
    rows.forEach((row, i) => {
      all[row] = predictions[name][i];
    });
  }
  return all;
}

/** The number of elements; minus the electronegativity of the anion; the median of all values. */
function baselines(measured: readonly MeasuredComposition[]): [ComparedName, readonly number[][]][] {
  const sorted = measured.map(({ log10 }) => log10).sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return [
    ['elements', [measured.map(({ composition }) => composition.atomicNumbers.length)]],
    [
      'electronegativity',
      [measured.map(({ composition }) => -ELECTRONEGATIVITY[composition.atomicNumbers.at(-1) as number])],
    ],
    ['median', [measured.map(() => median)]],
  ];
}
