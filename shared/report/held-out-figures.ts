import { dot, line, link, ruleY } from '@observablehq/plot';
import type { ReliabilityBin } from '../learning/curves.ts';
import type { HeldOutCurves } from '../models/held-out-curves.ts';
import { type Html, html } from './page/html.ts';
import { plainTable } from './page/plain-table.ts';
import { figure } from './page/plot.ts';
import { formatCount, percent } from './page/words.ts';

const BINS = 10; // of equal width, as cards have them
const SIZE = { width: 480, height: 360, marginLeft: 48 } as const;

/**
 * Precision-recall curves and calibration of a student on the systems that each fold held out.
 *
 * @param threshold label from which a formula is positive
 */
export function heldOutFigures(curves: readonly HeldOutCurves[], threshold: number): Html {
  const bins = pooledBins(curves);
  const formulas = bins.reduce((sum, { count }) => sum + count, 0);
  const positives = Math.round(bins.reduce((sum, { count, positives }) => sum + count * positives, 0));
  const rows = bins.map(({ count, probability, positives }) => [
    ...[probability.toFixed(3), positives.toFixed(3), formatCount(count)],
  ]);
  return html`<h3>Precision and recall</h3>
${precisionRecallFigure(curves, positives / formulas)}<h3>Calibration</h3>
${calibrationFigure(bins)}<details><summary>Calibration as a table</summary>
${plainTable('Calibration', ['mean probability', 'share of positives', 'formulas'], rows)}</details>
<p>Held out were ${formatCount(formulas)} formulas, of which ${formatCount(positives)} (${percent(positives, formulas)}) are positive: the teacher's label is ${threshold} or more. In other spaces another share is positive, and calibration another.</p>
`;
}

/** Bins of all folds together. */
export function pooledBins(curves: readonly HeldOutCurves[]): ReliabilityBin[] {
  const members = Array.from({ length: BINS }, (): ReliabilityBin[] => []);
  for (const bin of curves.flatMap(({ reliability }) => reliability))
    members[Math.min(BINS - 1, Math.floor(bin.probability * BINS))].push(bin);
  return members.flatMap((bins) => {
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    const mean = (of: 'probability' | 'positives'): number =>
      bins.reduce((sum, bin) => sum + bin.count * bin[of], 0) / count;
    return count === 0 ? [] : [{ count, probability: mean('probability'), positives: mean('positives') }];
  });
}

function precisionRecallFigure(curves: readonly HeldOutCurves[], share: number): Html {
  const points = curves.flatMap(({ precisionRecall }, fold) => precisionRecall.map((point) => ({ ...point, fold })));
  return figure('Precision against recall, a line for each held-out fold. The dashed line is a ranking by chance.', {
    ...SIZE,
    ariaLabel: 'Precision against recall',
    x: { label: 'recall', domain: [0, 1], grid: true },
    y: { label: 'precision', domain: [0, 1], grid: true },
    marks: [
      ruleY([0]),
      ruleY([share], { strokeDasharray: '4,3' }),
      line(points, { x: 'recall', y: 'precision', z: 'fold', stroke: 'var(--q4)', strokeOpacity: 0.8 }),
    ],
  });
}

function calibrationFigure(bins: readonly ReliabilityBin[]): Html {
  const caption =
    'Share of positives against probability, in ten bins, all folds together. On the dashed line probabilities mean what they say; above it they are too low.';
  return figure(caption, {
    ...SIZE,
    ariaLabel: 'Calibration',
    x: { label: 'mean probability of the bin', domain: [0, 1], grid: true },
    y: { label: 'share of positives', domain: [0, 1], grid: true },
    marks: [
      link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeDasharray: '4,3' }),
      line(bins, { x: 'probability', y: 'positives', stroke: 'var(--q4)' }),
      dot(bins, { x: 'probability', y: 'positives', fill: 'var(--q4)', r: 4 }),
    ],
  });
}
