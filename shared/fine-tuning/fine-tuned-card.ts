import { COMPARED_TITLES, type ComparedName, type MeasuredComparison } from './compare-measured.ts';
import type { FineTuneOptions } from './fine-tune.ts';
import type { ConductivityScale } from './measured-likelihood.ts';
import type { MeasuredInterval } from './measured-metrics.ts';

/** Everything that there is to say of a fine-tuned student. */
export interface FineTunedCard {
  readonly schema: string;
  readonly modelHash: string; // SHA-256 of the ONNX file
  readonly teacher: { readonly name: string; readonly hash: string };
  readonly labels: { readonly file: string; readonly hash: string };
  readonly measurements: MeasurementsSummary;
  readonly elements: readonly string[];
  readonly options: FineTuneOptions;
  readonly conductivity: ConductivityScale;
  readonly evaluation: { readonly folds: number; readonly repeats: number } & MeasuredComparison;
}

/** What was measured. */
export interface MeasurementsSummary {
  readonly file: string;
  readonly hash: string; // SHA-256 of its text
  readonly source?: string | undefined; // whom to credit
  readonly measurements: number;
  readonly compositions: number; // distinct
  readonly systems: number;
  readonly bounds: number; // compositions known only by a bound
  readonly conductors: number; // compositions at or above the threshold
}

const TITLES = { ...COMPARED_TITLES, fineTuned: `**${COMPARED_TITLES.fineTuned}**` };

/** A card for people, in Markdown. */
export function renderFineTunedCard(card: FineTunedCard): string {
  const { measurements, conductivity, evaluation, options } = card;
  return `# Student ${card.modelHash.slice(0, 12)}, fine-tuned on measurements

Scores a composition by the probability that its measured ionic conductivity at room temperature reaches 1e${options.threshold} S/cm.

## Made from

| | |
|---|---|
| teacher | ${card.teacher.name}, SHA-256 ${card.teacher.hash} |
| labels | \`${card.labels.file}\`, SHA-256 ${card.labels.hash}: a student is distilled from them first |
| measurements | \`${measurements.file}\`, SHA-256 ${measurements.hash}${measurements.source === undefined ? '' : `; ${measurements.source}`} |
| of these | ${measurements.measurements} values of ${measurements.compositions} compositions in ${measurements.systems} chemical systems; ${measurements.bounds} compositions known only by a bound, ${measurements.conductors} at or above 1e${options.threshold} S/cm |
| elements | ${card.elements.length}: ${card.elements.join(' ')} |
| model | SHA-256 ${card.modelHash}, schema ${card.schema} |
| log10 of the conductivity (S/cm) | ${conductivity.threshold} + ${conductivity.scale.toFixed(3)} · logit; measured values scatter about it by a logistic distribution of that scale |
| seed | ${options.seed} |

A random forest (${options.forest.trees} trees, all generic descriptors) learns the measurements and labels ${options.made} compositions near them, and
those of known structures; the student learns from these labels and from the measurements, by the likelihood of values and bounds.

## Held-out systems

${evaluation.folds} folds grouped by chemical system, ${evaluation.repeats} times with other folds: no system is both learned from and judged by, and the student to start from
saw no teacher label of any measured system. Metrics are averaged over the repeats; in brackets the 95 % interval of a bootstrap over systems.

| | AUC for 1e${options.threshold} S/cm | mean absolute error of log10 (S/cm) |
|---|---|---|
${evaluation.rows.map(({ name, auc, meanAbsoluteError }) => `| ${TITLES[name]} | ${interval(auc)} | ${interval(meanAbsoluteError)} |`).join('\n')}

AUC of the fine-tuned student above the labels-only one: ${interval(evaluation.gain)}. The error of a bound is how far the prediction is on its wrong side.

${renderWhole(evaluation)}## Use and limits

- It ranks compositions for a closer look, near the families that were measured. Held-out systems have relatives among the
  others (another dopant of the same garnet): for a new family expect much less.
- Measured crystals are mostly ones that somebody hoped would conduct. In a space of all compositions the probabilities are too high:
  read them as an order.
- It sees no structure: polymorphs, vacancies, disorder and grain boundaries of one composition have one score.
- It says nothing of stability or of electronic conduction, and refuses elements that the labels lack.
`;
}

function renderWhole({ whole }: MeasuredComparison): string {
  if (whole === undefined) return '';
  const rows = Object.entries(whole.auc).map(([name, auc]) => `| ${TITLES[name as ComparedName]} | ${interval(auc)} |`);
  return `Of the ${whole.compositions} compositions with whole amounts up to 12 alone, as a space has them (${whole.conductors} conductors):

| | AUC |
|---|---|
${rows.join('\n')}

Here the fine-tuned student is above the labels-only one by ${interval(whole.gain)}. If that is not clearly above 0, take the
labels-only student for a space.

`;
}

function interval(found: MeasuredInterval | undefined): string {
  if (found === undefined) return '–';
  return `${found.value.toFixed(3)} (${found.low.toFixed(3)} to ${found.high.toFixed(3)})`;
}
