import { dot, ruleX, ruleY } from '@observablehq/plot';
import { COMPARED_TITLES } from '../../shared/fine-tuning/compare-measured.ts';
import { type Html, html } from '../../shared/report/page/html.ts';
import { COLORS, figure } from '../../shared/report/page/plot.ts';
import type { FineTunedEvidence, TransferSection } from '../study.ts';
import type { TransferGroup } from '../transfer.ts';
import { intervalText } from './page-format.ts';
import { table } from './page-table.ts';

const NAMES: Readonly<Record<string, string>> = {
  teacher: 'teacher, by structure',
  student: 'labels-only student, as shipped',
  blind: 'the same without labels of measured systems',
  elements: 'number of elements',
  electronegativity: 'low electronegativity of the anion',
  constant: 'the mean of all measurements',
};
const SHOWN = Object.values(NAMES).slice(0, -1); // a constant orders nothing
const GROUPS: Readonly<Record<string, string>> = { all: 'all measured', labelled: 'with a labelled structure' };

/** The labels-only student against experiment. */
export function transferHtml({ groups, fineTuned, student }: TransferSection): Html {
  const families = groups.filter(({ name }) => !(name in GROUPS));
  return html`<h2>Transfer to measured conductivities</h2>
<p>The student (SHA-256 ${student.slice(0, 12)}) has seen the teacher's labels and not one measurement. Beside it stand baselines of one line: if the number of elements orders measured compositions as
well, then the order says little of physics. The error is of log10 of S/cm: each score is turned into a conductivity by a straight line that was fitted to other chemical systems.</p>
${figure('AUC with 95 % intervals (chemical systems resampled); 0.5 is chance.', {
  width: 860,
  height: 90 + 95 * groups.length,
  marginLeft: 150,
  x: { label: 'AUC', domain: [0, 1], grid: true },
  y: { axis: null, domain: SHOWN },
  fy: { label: null, domain: groups.map(titleOf) },
  color: { domain: SHOWN, range: COLORS, legend: true },
  marks: aucMarks(groups),
})}
${groups.filter(({ name }) => name in GROUPS).map(groupHtml)}
<h3>By family</h3>
<p>Families with at least five conductors and five others. Within a family a composition differs from the next by dopants and vacancies, which composition alone hardly shows.</p>
${families.map(groupHtml)}
${fineTunedHtml(fineTuned)}`;
}

function titleOf({ name }: TransferGroup): string {
  return GROUPS[name] ?? name;
}

function aucMarks(groups: readonly TransferGroup[]) {
  const points = groups.flatMap((group) =>
    group.rows
      .filter(({ name }) => name !== 'constant')
      .map(({ name, auc }) => ({ group: titleOf(group), name: NAMES[name], ...auc })),
  );
  return [
    ruleX([0.5], { strokeDasharray: '3,3' }),
    ruleY(points, { y: 'name', x1: 'low', x2: 'high', fy: 'group', stroke: 'name' }),
    dot(points, { y: 'name', x: 'value', fy: 'group', fill: 'name', r: 4 }),
  ];
}

function groupHtml(group: TransferGroup): Html {
  const { compositions, systems, conductors, rows } = group;
  return table(
    [
      `${titleOf(group)}: ${compositions} compositions of ${systems} systems, ${conductors} conductors`,
      'AUC',
      'mean absolute error',
    ],
    rows.map(({ name, auc, meanAbsoluteError }) => [
      NAMES[name],
      name === 'constant' ? '–' : intervalText(auc),
      intervalText(meanAbsoluteError),
    ]),
  );
}

function fineTunedHtml(evidence: FineTunedEvidence | undefined): Html {
  if (evidence === undefined) return html`<p>No student that was fine-tuned on measurements is shipped.</p>\n`;
  const { evaluation, measurements, modelHash } = evidence;
  return html`<h3>With measurements: the fine-tuned student</h3>
<p>From the card of the fine-tuned student (SHA-256 ${modelHash.slice(0, 12)}): ${measurements.compositions} compositions of ${measurements.systems} systems, ${evaluation.folds} folds of whole systems, ${evaluation.repeats} repeats.
It is never judged by what it learned from. The same from random weights shows how much of this the teacher's labels bring; a forest on the measurements, how much the network does. Gain in AUC over the labels-only student: ${intervalText(evaluation.gain)}.</p>
${table(
  ['systems held out', 'AUC', 'mean absolute error'],
  evaluation.rows.map(({ name, auc, meanAbsoluteError }) => [
    COMPARED_TITLES[name],
    auc === undefined ? '–' : intervalText(auc),
    meanAbsoluteError === undefined ? '–' : intervalText(meanAbsoluteError),
  ]),
)}
`;
}
