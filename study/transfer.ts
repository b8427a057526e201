import { ELECTRONEGATIVITY } from '../shared/chemistry/elements.ts';
import { formatFormula, reduced } from '../shared/chemistry/formula.ts';
import { bootstrapInterval, type MeasuredInterval, measuredMetrics } from '../shared/fine-tuning/measured-metrics.ts';
import type { FormulaLabel } from '../shared/labels/label.ts';
import type { MeasuredComposition } from '../shared/labels/measurements.ts';
import { groupedFolds } from '../shared/student/splits.ts';

/** A measured composition with the family of its crystal. */
export interface FamilyMember extends MeasuredComposition {
  readonly family: string; // as published; empty = none is given
}

/** Something that orders compositions. Higher = better conductor. */
export interface TransferScorer {
  readonly name: string;
  readonly scores: ArrayLike<number>; // shape (measured,)
}

/** How well one order agrees with measurements. */
export interface TransferRow {
  readonly name: string;
  readonly auc: MeasuredInterval;
  readonly meanAbsoluteError: MeasuredInterval; // of log10 of S/cm, from a straight line through the scores of other systems
}

/** The rows of one group of measured compositions. */
export interface TransferGroup {
  readonly name: string;
  readonly compositions: number;
  readonly systems: number;
  readonly conductors: number;
  readonly rows: readonly TransferRow[];
}

/** Baselines of one line, so that nobody is fooled: more elements, and an anion that holds electrons less, both go with conduction. */
export function baselineScorers(measured: readonly MeasuredComposition[]): TransferScorer[] {
  const of = (score: (one: MeasuredComposition) => number): number[] => measured.map(score);
  return [
    { name: 'elements', scores: of(({ composition }) => composition.atomicNumbers.length) },
    {
      name: 'electronegativity',
      scores: of(({ composition }) => -ELECTRONEGATIVITY[composition.atomicNumbers.at(-1) as number]),
    },
    { name: 'constant', scores: of(() => 0) },
  ];
}

const FOLDS = 5; // of the lines through scores
const LEAST = 5; // conductors, and others, of a family that is judged on its own

/**
 * Judge scorers on all measured compositions, on those with a labelled structure of their formula (beside the teacher), and by family.
 * Intervals come from resampling chemical systems.
 *
 * @param labels by formula, to tell which measured compositions have a structure
 * @param threshold log10 of S/cm
 */
export function judgeTransfer(
  measured: readonly FamilyMember[],
  scorers: readonly TransferScorer[],
  labels: ReadonlyMap<string, FormulaLabel>,
  threshold: number,
  seed: number,
): TransferGroup[] {
  const all = measured.map((_, i) => i);
  const labelOf = measured.map(({ composition }) => labels.get(formatFormula(reduced(composition))));
  const labelled = all.filter((i) => labelOf[i] !== undefined);
  const teacher = { name: 'teacher', scores: labelOf.map((label) => label?.probability ?? 0) };
  const lines = new Map(scorers.map((scorer) => [scorer, lineThrough(measured, scorer.scores, seed)]));
  const judge = (name: string, rows: readonly number[], those: readonly TransferScorer[]): TransferGroup =>
    judgeGroup(name, measured, rows, those, (scorer) => lines.get(scorer), threshold, seed);
  const families = [...new Set(measured.map(({ family }) => family))].sort();
  const byFamily = families
    .map((family) =>
      judge(
        family,
        all.filter((i) => measured[i].family === family),
        scorers,
      ),
    )
    .filter(
      ({ name, conductors, compositions }) => name !== '' && Math.min(conductors, compositions - conductors) >= LEAST,
    )
    .sort((a, b) => b.compositions - a.compositions);
  const groups = [judge('all', all, scorers)];
  if (systemsOf(labelled.map((i) => measured[i])) >= FOLDS) {
    lines.set(teacher, lineThrough(measured, teacher.scores, seed, labelled));
    groups.push(judge('labelled', labelled, [teacher, ...scorers]));
  }
  return [...groups, ...byFamily];
}

function systemsOf(measured: readonly MeasuredComposition[]): number {
  return new Set(measured.map(({ system }) => system)).size;
}

function judgeGroup(
  name: string,
  measured: readonly FamilyMember[],
  rows: readonly number[],
  scorers: readonly TransferScorer[],
  predictions: (scorer: TransferScorer) => Float64Array | undefined,
  threshold: number,
  seed: number,
): TransferGroup {
  const members = rows.map((i) => measured[i]);
  const figure = (values: ArrayLike<number>, metric: 'auc' | 'meanAbsoluteError'): MeasuredInterval =>
    bootstrapInterval(
      members,
      seed,
      (drawn) =>
        measuredMetrics(
          drawn.map((k) => members[k]),
          drawn.map((k) => values[rows[k]]),
          threshold,
        )[metric],
    );
  return {
    name,
    compositions: members.length,
    systems: systemsOf(members),
    conductors: members.filter(({ log10, bound }) => log10 >= threshold && bound !== 'upper').length,
    rows: scorers.map((scorer) => ({
      name: scorer.name,
      auc: figure(scorer.scores, 'auc'),
      meanAbsoluteError: figure(predictions(scorer) as Float64Array, 'meanAbsoluteError'),
    })),
  };
}

/**
 * Predicted log10 conductivity of each composition: a least-squares line through scores and measured values of the compositions
 * of other systems. A constant score gives their mean.
 *
 * @param rows compositions to learn from and to predict
 */
function lineThrough(
  measured: readonly MeasuredComposition[],
  scores: ArrayLike<number>,
  seed: number,
  rows: readonly number[] = measured.map((_, i) => i),
): Float64Array {
  const folds = groupedFolds(
    rows.map((i) => measured[i].system),
    FOLDS,
    seed,
  );
  const predicted = new Float64Array(measured.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = rows.filter((i, k) => folds[k] !== fold && measured[i].bound === 'exact');
    const line = fitLine(
      learned.map((i) => scores[i]),
      learned.map((i) => measured[i].log10),
    );
    rows.forEach((i, k) => {
      if (folds[k] === fold) predicted[i] = line(scores[i]);
    });
  }
  return predicted;
}

function fitLine(x: readonly number[], y: readonly number[]): (at: number) => number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const variance = mean(x.map((value) => (value - meanX) ** 2));
  const covariance = mean(x.map((value, i) => (value - meanX) * (y[i] - meanY)));
  const slope = variance > 0 ? covariance / variance : 0;
  return (at) => meanY + slope * (at - meanX);
}
