import { dot, line, lineY, link, ruleX, ruleY } from '@observablehq/plot';
import { type Html, html } from '../../shared/report/page/html.ts';
import { COLORS, figure } from '../../shared/report/page/plot.ts';
import type { CandidateRow } from '../candidates.ts';
import type { StudentKind } from '../cross-validation.ts';
import type { StudentRow } from '../student-comparison.ts';
import type { StudentSection } from '../study.ts';
import { formatSpread, percentText } from './page-format.ts';
import { table } from './page-table.ts';

const KINDS: Readonly<Record<StudentKind, string>> = {
  logistic: 'logistic regression',
  supportVectors: 'support vectors (RBF, C = 10)',
  forest: 'random forest',
  extraTrees: 'extremely randomized trees',
  student: 'student, as shipped',
  committee: 'committee, as shipped',
};
const COLOR = { domain: Object.values(KINDS), range: COLORS, legend: true };

/** Students on held-out chemical systems. */
export function studentsHtml({ formulas, positives, folds, kinds, candidates }: StudentSection): Html {
  return html`<h2>Students</h2>
<p>${formulas} ionic formulas, ${percentText(positives, formulas)} positive; ${folds} folds of whole chemical systems. Every model sees composition alone and is judged by how well it repeats the
teacher for systems that it has not seen. The student learns from the labels and from compositions that the extremely randomized trees label; both are of the fold.</p>
${table(
  ['held out, mean ± deviation over folds', 'AUC', 'average precision', 'F1 at 0.5', 'calibration error'],
  kinds.map(({ kind, metrics, calibrationError }) => [
    KINDS[kind],
    ...[metrics.auc, metrics.averagePrecision, metrics.f1, calibrationError].map(formatSpread),
  ]),
)}
<p>With so few positives accuracy says little; judge by average precision. Calibration error is the expected one of 15 bins.
${calibratedNote(kinds)}</p>
${precisionRecallFigure(kinds)}
${reliabilityFigure(kinds)}
${candidatesHtml(candidates)}`;
}

function calibratedNote(kinds: readonly StudentRow[]): string {
  const names = kinds.filter(({ calibrated }) => calibrated).map(({ kind }) => KINDS[kind]);
  return `Probabilities of ${names.join(' and ')} are calibrated on the other folds; all others are as the model gives them.`;
}

function precisionRecallFigure(kinds: readonly StudentRow[]): Html {
  const points = kinds.flatMap(({ kind, precisionRecall }) =>
    precisionRecall.map((point) => ({ ...point, kind: KINDS[kind] })),
  );
  return figure('Precision against recall, all folds together.', {
    width: 640,
    height: 400,
    x: { label: 'recall', domain: [0, 1], grid: true },
    y: { label: 'precision', domain: [0, 1], grid: true },
    color: COLOR,
    marks: [line(points, { x: 'recall', y: 'precision', stroke: 'kind' }), ruleY([0])],
  });
}

function reliabilityFigure(kinds: readonly StudentRow[]): Html {
  const points = kinds.flatMap(({ kind, reliability }) => reliability.map((bin) => ({ ...bin, kind: KINDS[kind] })));
  return figure(
    'Calibration: share of positives against probability, in ten bins, all folds together. On the diagonal probabilities mean what they say.',
    {
      width: 640,
      height: 400,
      x: { label: 'mean probability of the bin', domain: [0, 1], grid: true },
      y: { label: 'share of positives', domain: [0, 1], grid: true },
      color: COLOR,
      marks: [
        link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeDasharray: '3,3' }),
        lineY(points, { x: 'probability', y: 'positives', stroke: 'kind' }),
        dot(points, { x: 'probability', y: 'positives', fill: 'kind', r: 3 }),
      ],
    },
  );
}

function candidatesHtml(candidates: readonly CandidateRow[]): Html {
  const judged: readonly StudentKind[] = ['student', 'committee'];
  const points = candidates.flatMap((row) =>
    judged.map((kind) => ({ formula: row.formula, kind: KINDS[kind], probability: row.students[kind] })),
  );
  const found = judged.map((kind) => {
    const count = candidates.filter(({ students }) => students[kind] >= 0.5).length;
    return `${KINDS[kind]}: ${count} of ${candidates.length}`;
  });
  return html`<h3>The published candidates, their systems held out</h3>
<p>Candidates of Sendek et al. 2017, each judged by the models of the fold that holds its chemical system out. At or above 0.5: ${found.join('; ')}.</p>
${figure('Probability of each published candidate by models that have not seen its system.', {
  width: 640,
  height: 320,
  marginLeft: 100,
  x: { label: 'probability', domain: [0, 1], grid: true },
  y: { label: null, domain: [...new Set(candidates.map(({ formula }) => formula))] },
  color: { ...COLOR, domain: judged.map((kind) => KINDS[kind]), range: COLORS.slice(0, 2) },
  marks: [
    ruleX([0.5], { strokeDasharray: '3,3' }),
    dot(points, { x: 'probability', y: 'formula', fill: 'kind', r: 4 }),
  ],
})}
${table(
  ['formula', 'structure', 'published', 'teacher', 'label of the formula', ...judged.map((kind) => KINDS[kind])],
  candidates.map(({ formula, id, published, teacher, label, students }) => [
    formula,
    id,
    ...[published, teacher, label, ...judged.map((kind) => students[kind])].map((value) => value.toFixed(3)),
  ]),
)}
`;
}
