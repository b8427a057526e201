import { foldInterval, formatInterval } from '../learning/intervals.ts';
import type { CommitteeCard } from './assemble-committee.ts';
import type { CommitteePart } from './committee.ts';
import type { CommitteeFold } from './committee-evaluation.ts';

/** A committee's card for people, in Markdown. */
export function renderCommitteeCard(card: CommitteeCard): string {
  const { trained, evaluation } = card;
  return `# Committee ${card.modelHash.slice(0, 12)}

Re-scores the best compositions of a screening: \`probability_mean\`, \`probability_std\`.

## Made from

| | |
|---|---|
| teacher | ${card.teacher.name}, SHA-256 ${card.teacher.hash} |
| labels | \`${card.labels.file}\`, SHA-256 ${card.labels.hash}: the same as the student's, or it is refused |
| learned from | ${trained.formulas} ionic formulas of ${trained.structures} structures, ${trained.positives} with P ≥ ${card.threshold} (mean over polymorphs) |
| elements | ${card.elements.length}: ${card.elements.join(' ')} |
| mobile ion | ${card.mobileIon} |
| members | ${card.parts.map(describePart).join('; ')} |
| model | SHA-256 ${card.modelHash}, schema ${card.schema}, ${card.nodes} nodes, ${(card.bytes / 1e6).toFixed(2)} MB |
| seed | ${card.seed} |

## What the columns mean

- \`probability_mean\`: probability that the teacher's label is at or above ${card.threshold}: the mean over all trees, then an isotonic calibration that was
  fitted on predictions for systems that the trees had not seen.
- \`probability_std\`: how far the teacher's label was from \`probability_mean\`, root mean square, for held-out formulas on which the trees
  disagreed as much (their standard deviation, then an isotonic calibration). It rises with the disagreement of the trees and with nothing else. It says
  nothing of the distance between teacher and experiment.
- \`probability_lower\` = max(0, mean − z · std): ranking by it prefers compositions on which the trees agree.

## Held-out metrics

${evaluation.folds.length} folds grouped by chemical system, the same as the student's with this seed: no tree has seen a system of the fold that it is judged on, and
the calibration is fitted on the other folds. Positive = the label is at or above ${card.threshold}. ECE = expected calibration error in 15 bins.

| | AUC | average precision | F1 | ECE of the trees' mean | ECE calibrated | RMS error | Spearman of error and std | within 1 std | within 2 std |
|---|---|---|---|---|---|---|---|---|---|
${evaluation.folds.map((fold, i) => `| fold ${i + 1} (${fold.formulas} formulas, ${fold.positives} positive) | ${cells(fold)} |`).join('\n')}
| **mean** | ${cells(meanFold(evaluation.folds))} |
| 95 % interval of the mean | ${intervals(evaluation.folds)} |

Error by standard deviation, in eight groups of equal size:

| mean std | RMS error |
|---|---|
${evaluation.byDeviation.map(({ std, error }) => `| ${std.toFixed(3)} | ${error.toFixed(3)} |`).join('\n')}

At equal probability, the half of the formulas with the lower std and that with the higher:

| probability | formulas | RMS error, lower std | higher std |
|---|---|---|---|
${evaluation.atEqualProbability
  .map(
    ({ from, to, formulas, errorOfLower, errorOfHigher }) =>
      `| ${from}–${to} | ${formulas} | ${errorOfLower.toFixed(3)} | ${errorOfHigher.toFixed(3)} |`,
  )
  .join('\n')}

## Use and limits

- For the finalists of a screening, in the same space of elements as the student; it is too slow for all compositions.
- It repeats the teacher, which was fitted on about 40 measured crystals, and sees no structure.
- Calibration holds for compositions like the labelled ones. The best of billions are chosen for their score, and chosen scores are too high
  on average; \`probability_std\` tells where the trees extrapolate differently, not where all of them are wrong.
`;
}

function describePart({ trees, featureShare, minimumLeaf, extraRandom = false }: CommitteePart): string {
  const kind = extraRandom ? 'extremely randomized trees' : 'trees of a random forest';
  return `${trees} ${kind} (${featureShare} of the descriptors a split, at least ${minimumLeaf} formulas a leaf)`;
}

const COLUMNS = [
  'auc',
  'averagePrecision',
  'f1',
  'calibrationErrorRaw',
  'calibrationError',
  'error',
  'rankCorrelation',
  'withinOne',
  'withinTwo',
] as const;

type Columns = Pick<CommitteeFold, (typeof COLUMNS)[number]>;

function cells(fold: Columns): string {
  return COLUMNS.map((name) => fold[name].toFixed(3)).join(' | ');
}

/** By Student's t distribution over the folds; a rank correlation below 0 is of no use here and counts as 0. */
function intervals(folds: readonly CommitteeFold[]): string {
  return COLUMNS.map((name) => formatInterval(foldInterval(folds.map((fold) => fold[name])))).join(' | ');
}

function meanFold(folds: readonly CommitteeFold[]): Columns {
  const entries = COLUMNS.map((name) => [name, folds.reduce((sum, fold) => sum + fold[name], 0) / folds.length]);
  return Object.fromEntries(entries) as Columns;
}
