import { barY, ruleY } from '@observablehq/plot';
import { type Html, html } from '../../shared/report/page/html.ts';
import { COLORS, figure } from '../../shared/report/page/plot.ts';
import type { MergeRow } from '../merge-choice.ts';
import { formatSpread, percentText } from './page-format.ts';
import { table } from './page-table.ts';

/** What changes with the merge of polymorphs. */
export function mergesHtml(rows: readonly MergeRow[]): Html {
  const bars = rows.flatMap(({ merge, positives, formulas, averagePrecision }) => [
    { merge, figure: 'share of positives', value: positives / formulas },
    { merge, figure: 'average precision of a forest', value: averagePrecision.mean },
  ]);
  return html`<h2>One label per formula: which merge?</h2>
<p>Structures of one formula may have different probabilities; a student on composition needs one. Each merge teaches a random forest, which is judged on held-out systems by the same merge.</p>
${figure('Share of positives, and average precision of a forest taught and judged by each merge.', {
  width: 640,
  height: 260,
  x: { label: null, domain: rows.map(({ merge }) => merge) },
  y: { label: null, domain: [0, 1], grid: true },
  fx: { label: null },
  marks: [barY(bars, { x: 'merge', y: 'value', fx: 'figure', fill: COLORS[0] }), ruleY([0])],
})}
${table(
  [
    'merge',
    'positive formulas',
    'average precision',
    'AUC',
    'rank correlation of labels with the mean',
    'of forest scores',
  ],
  rows.map(({ merge, positives, formulas, averagePrecision, auc, labelCorrelation, scoreCorrelation }) => [
    merge,
    `${positives} (${percentText(positives, formulas)})`,
    formatSpread(averagePrecision),
    formatSpread(auc),
    labelCorrelation.toFixed(3),
    scoreCorrelation.toFixed(3),
  ]),
)}
<p>Average precisions of different merges are of different truths: one with more positives is the easier. The correlations (Spearman) say how much the order changes. The mean is what is shipped.</p>
`;
}
