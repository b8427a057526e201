import { SYMBOLS } from '../chemistry/elements.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { IONIC_ANIONS, isIonic } from '../labels/merge-polymorphs.ts';
import { foldInterval, formatInterval } from '../learning/intervals.ts';
import type { BinaryMetrics } from '../learning/metrics.ts';
import type { FoldEvaluation } from './distill.ts';
import type { DistillOptions } from './distill-options.ts';
import type { ElementFeatures } from './element-features.ts';

/** Mean and standard deviation over folds. */
export interface FoldSpread {
  readonly mean: number;
  readonly deviation: number; // sample standard deviation
}

/** Spread of each metric over the folds. */
export type EvaluationSummary = Readonly<Record<keyof BinaryMetrics, FoldSpread>>;

/** How many formulas are positive. */
export interface LabelCount {
  readonly formulas: number;
  readonly structures: number;
  readonly positives: number; // formulas at or above the threshold
}

/** Everything that there is to say of a student: its data, its making and its held-out metrics. */
export interface ModelCard {
  readonly schema: string;
  readonly modelHash: string; // SHA-256 of the ONNX file
  readonly teacher: { readonly name: string; readonly hash: string };
  readonly labels: { readonly file: string; readonly hash: string };
  readonly trained: LabelCount; // ionic: what the student learned from
  readonly apart: LabelCount; // other anions: outside the teacher's domain, not learned from
  readonly byAnion: Readonly<Record<string, LabelCount>>;
  readonly elements: readonly string[];
  readonly properties: readonly string[]; // element properties behind the descriptors
  readonly options: DistillOptions;
  readonly folds: readonly FoldEvaluation[];
  readonly student: EvaluationSummary;
  readonly forest: EvaluationSummary;
}

/** Count formulas, structures and positives. */
export function countLabels(labels: readonly FormulaLabel[], threshold: number): LabelCount {
  return {
    formulas: labels.length,
    structures: labels.reduce((sum, { structures }) => sum + structures, 0),
    positives: labels.filter(({ probability }) => probability >= threshold).length,
  };
}

/** The part of a card that follows from labels and evaluation. */
export function summarizeDistillation(
  labels: readonly FormulaLabel[],
  features: ElementFeatures,
  options: DistillOptions,
  folds: readonly FoldEvaluation[],
): Omit<ModelCard, 'schema' | 'modelHash' | 'teacher' | 'labels'> {
  const count = (keep: (label: FormulaLabel) => boolean): LabelCount =>
    countLabels(labels.filter(keep), options.threshold);
  return {
    trained: count(isIonic),
    apart: count((label) => !isIonic(label)),
    byAnion: Object.fromEntries(
      IONIC_ANIONS.map((symbol) => [symbol, count(({ anion }) => SYMBOLS[anion] === symbol)]),
    ),
    elements: features.symbols,
    properties: features.names,
    options,
    folds,
    student: summarize(folds.map(({ student }) => student)),
    forest: summarize(folds.map(({ forest }) => forest)),
  };
}

function summarize(metrics: readonly BinaryMetrics[]): EvaluationSummary {
  const of = (name: keyof BinaryMetrics): FoldSpread => spread(metrics.map((fold) => fold[name]));
  return { auc: of('auc'), averagePrecision: of('averagePrecision'), f1: of('f1'), accuracy: of('accuracy') };
}

/** Mean and sample standard deviation. */
export function spread(values: readonly number[]): FoldSpread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** A card for people, in Markdown. */
export function renderCard(card: ModelCard): string {
  const { trained, apart, options } = card;
  return `# Student ${card.modelHash.slice(0, 12)}

Scores a composition by the probability that the teacher calls a crystal of it a superionic conductor.

## Made from

| | |
|---|---|
| teacher | ${card.teacher.name}, SHA-256 ${card.teacher.hash} |
| labels | \`${card.labels.file}\`, SHA-256 ${card.labels.hash} |
| learned from | ${trained.formulas} ionic formulas of ${trained.structures} structures, ${percent(trained.positives, trained.formulas)} with P ≥ ${options.threshold} (mean over polymorphs) |
| left apart | ${apart.formulas} formulas of ${apart.structures} structures with another anion, ${percent(apart.positives, apart.formulas)} positive: mostly intermetallic, outside the teacher's domain |
| elements | ${card.elements.length}: ${card.elements.join(' ')} |
| model | SHA-256 ${card.modelHash}, schema ${card.schema}, ${options.training.size.first}-${options.training.size.second} network behind a system encoder of ${options.training.size.encoder} units |
| seed | ${options.seed} |

A forest of extremely randomized trees (${options.forest.trees}, on all generic descriptors) learns the teacher's labels and labels
${options.made} compositions made from the labelled ones; the student learns from both.

| anion | formulas | P ≥ ${options.threshold} |
|---|---|---|
${Object.entries(card.byAnion)
  .map(([anion, count]) => `| ${anion} | ${count.formulas} | ${percent(count.positives, count.formulas)} |`)
  .join('\n')}

## Held-out metrics

${card.folds.length} folds grouped by chemical system: neither the student nor the forest of a fold has seen a system of it. Positive = the
teacher's label is at or above ${options.threshold}. Mean ± standard deviation over the folds,
and the 95 % confidence interval of the mean by Student's t distribution.

| | AUC | average precision | F1 | accuracy |
|---|---|---|---|---|
${metricsRow('**student**', card.student)}
${intervalRow(
  'student, 95 % interval',
  card.folds.map(({ student }) => student),
)}
${metricsRow('forest', card.forest)}
${intervalRow(
  'forest, 95 % interval',
  card.folds.map(({ forest }) => forest),
)}
${card.folds.map((fold, i) => foldRow(i, fold)).join('\n')}

With ${percent(trained.positives, trained.formulas)} positives accuracy says little; judge by average precision and F1.

## Use and limits

- It ranks compositions for a closer look. It is no measurement: the metrics say how well it repeats the teacher, and the teacher was
  fitted on about 40 measured crystals.
- It sees no structure: polymorphs, vacancies and disorder of one composition have one score.
- It was taught on ionic crystals with the elements above; a model refuses other elements, and says nothing of stability or of
  electronic conduction.
`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function metricsRow(name: string, { auc, averagePrecision, f1, accuracy }: EvaluationSummary): string {
  const cells = [auc, averagePrecision, f1, accuracy].map(
    ({ mean, deviation }) => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`,
  );
  return `| ${[name, ...cells].join(' | ')} |`;
}

function intervalRow(name: string, folds: readonly BinaryMetrics[]): string {
  const cells = (['auc', 'averagePrecision', 'f1', 'accuracy'] as const).map((metric) =>
    formatInterval(foldInterval(folds.map((fold) => fold[metric]))),
  );
  return `| ${[name, ...cells].join(' | ')} |`;
}

function foldRow(index: number, { student, formulas, positives }: FoldEvaluation): string {
  const cells = [student.auc, student.averagePrecision, student.f1, student.accuracy].map((value) => value.toFixed(3));
  return `| student, fold ${index + 1} (${formulas} formulas, ${positives} positive) | ${cells.join(' | ')} |`;
}
