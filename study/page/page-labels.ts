import { barY, ruleY, text } from '@observablehq/plot';
import { type Html, html } from '../../shared/report/page/html.ts';
import { COLORS, figure } from '../../shared/report/page/plot.ts';
import type { LabelStatistics, Share } from '../label-statistics.ts';
import { percentText } from './page-format.ts';
import { table } from './page-table.ts';

/** What the teacher says of the database. */
export function labelsHtml({ structures, positives, skipped, groups, byAnion }: LabelStatistics): Html {
  const bars = byAnion.map((share) => ({ ...share, percent: (100 * share.formulaPositives) / share.formulas }));
  const without = Object.entries(skipped).map(([reason, count]) => `${count} have none: ${reason}`);
  return html`<h2>The teacher's labels</h2>
<p>${percentText(positives, structures)} of ${structures} labelled structures reach a probability of 0.5. ${without.join('; ')}. The intermetallic ones pass almost
all; they are electronic conductors and outside of what the teacher was fitted on, so they are not learned from.</p>
${figure('Formulas of ionic crystals at or above 0.5 (mean over polymorphs), by anion.', {
  width: 640,
  height: 280,
  x: { label: 'anion', domain: bars.map(({ name }) => name) },
  y: { label: 'positive formulas, %', domain: [0, 100], grid: true },
  marks: [
    barY(bars, { x: 'name', y: 'percent', fill: COLORS[0] }),
    text(bars, { x: 'name', y: 'percent', dy: -8, text: ({ percent: value }) => value.toFixed(1) }),
    ruleY([0]),
  ],
})}
${table(['', 'structures', 'positive', 'formulas', 'positive'], [...groups, ...byAnion].map(shareRow))}
`;
}

function shareRow({ name, structures, structurePositives, formulas, formulaPositives }: Share): (string | number)[] {
  return [
    name,
    structures,
    percentText(structurePositives, structures),
    formulas,
    percentText(formulaPositives, formulas),
  ];
}
