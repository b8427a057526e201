import { dot, lineY, ruleX, ruleY } from '@observablehq/plot';
import { type Html, html } from '../../shared/report/page/html.ts';
import { COLORS, figure } from '../../shared/report/page/plot.ts';
import type { LearnerName } from '../learners.ts';
import { DESCRIPTIONS, type Description, type LeaveOneOutRow } from '../small-data.ts';
import type { SmallDataSection } from '../study.ts';
import { intervalText } from './page-format.ts';
import { table } from './page-table.ts';

const LEARNERS: Readonly<Record<LearnerName, string>> = {
  logistic: 'logistic regression',
  supportVectors: 'support vectors (RBF)',
  forest: 'random forest',
};
const NAMES: Readonly<Record<Description, string>> = {
  generic: 'generic descriptors',
  structural: 'five structure features',
};
const COLOR = { domain: DESCRIPTIONS.map((name) => NAMES[name]), range: COLORS.slice(0, 2), legend: true };

/** Few measurements: generic descriptors against structure features. */
export function smallDataHtml(section: SmallDataSection): Html {
  const { compounds, conductors, withoutStructure, leaveOneOut } = section;
  return html`<h2>Few measurements</h2>
<p>${compounds} measured compounds with a structure, ${conductors} of them conductors (${withoutStructure} more have no usable structure). Each is predicted by a model of all others.
Generic descriptors are statistics of element properties over the composition.</p>
${leaveOneOutFigure(leaveOneOut)}
${table(
  ['leave-one-out AUC', 'generic', 'structure', 'difference'],
  leaveOneOut.map(({ learner, generic, structural, difference }) => [
    LEARNERS[learner],
    ...[generic, structural, difference].map(intervalText),
  ]),
)}
<p>Intervals hold 95 %: chemical systems are resampled, for the difference in pairs. With so few compounds they are wide. ${verdict(leaveOneOut)}</p>
${learningCurveHtml(section.learningCurve)}`;
}

/** Says what the intervals say. */
function verdict(rows: readonly LeaveOneOutRow[]): string {
  const clear = rows.filter(({ difference }) => difference.low > 0).map(({ learner }) => LEARNERS[learner]);
  if (clear.length === rows.length) return 'The structure features are better for every learner.';
  const unclear = 'the interval of the difference reaches below zero: the advantage is likely, not proven';
  return clear.length === 0
    ? `For every learner ${unclear}.`
    : `They are better for ${clear.join(', ')}; for the others ${unclear}.`;
}

function leaveOneOutFigure(rows: readonly LeaveOneOutRow[]): Html {
  const points = rows.flatMap((row) =>
    DESCRIPTIONS.map((name) => ({ learner: LEARNERS[row.learner], description: NAMES[name], ...row[name] })),
  );
  return figure('Leave-one-out AUC with 95 % intervals; 0.5 is chance.', {
    width: 640,
    height: 220,
    marginLeft: 150,
    x: { label: 'AUC', domain: [0.3, 1], grid: true },
    y: { label: null, axis: null },
    fy: { label: null, domain: Object.values(LEARNERS) },
    color: COLOR,
    marks: [
      ruleX([0.5], { strokeDasharray: '3,3' }),
      ruleY(points, { y: 'description', x1: 'low', x2: 'high', fy: 'learner', stroke: 'description' }),
      dot(points, { y: 'description', x: 'value', fy: 'learner', fill: 'description', r: 4 }),
    ],
  });
}

function learningCurveHtml({ compounds, conductors, draws, points }: SmallDataSection['learningCurve']): Html {
  const rows = points.map(({ learner, description, size, auc }) => ({
    size,
    learner: LEARNERS[learner],
    description: NAMES[description],
    ...auc,
  }));
  const sizes = [...new Set(rows.map(({ size }) => size))];
  const cells = Object.values(LEARNERS).flatMap((learner) =>
    Object.values(NAMES).map((description) => {
      const own = rows.filter((row) => row.learner === learner && row.description === description);
      return [`${learner}, ${description}`, ...own.map(({ value }) => value.toFixed(3))];
    }),
  );
  return html`<h3>With more measurements</h3>
<p>${compounds} measured crystals with a structure, ${conductors} of them conductors. Each of ${draws} draws holds out a fifth of the chemical systems and
learns from some of the rest; the largest size is about all of it.</p>
${figure(
  'AUC on held-out systems by number of crystals learned from: mean of the draws, with the 95 % interval of that mean.',
  {
    width: 860,
    height: 300,
    x: { label: 'crystals learned from', type: 'log', ticks: sizes, tickFormat: String },
    y: { label: 'AUC', domain: [0.5, 1], grid: true },
    fx: { label: null, domain: Object.values(LEARNERS) },
    color: COLOR,
    marks: [
      ruleX(rows, { x: 'size', y1: 'low', y2: 'high', fx: 'learner', stroke: 'description', strokeOpacity: 0.5 }),
      lineY(rows, { x: 'size', y: 'value', fx: 'learner', stroke: 'description' }),
      dot(rows, { x: 'size', y: 'value', fx: 'learner', fill: 'description' }),
    ],
  },
)}
${table(['AUC on held-out systems', ...sizes.map((size) => `${size} crystals`)], cells)}
<p>The advantage is one of little data: it is gone where the generic curves cross. Draws share their data, so that the
intervals say how much the draw matters, not how much other crystals would.</p>
`;
}
