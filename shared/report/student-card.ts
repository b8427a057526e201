import { heldOutFigures } from './held-out-figures.ts';
import { type Html, html } from './page/html.ts';
import { plainTable } from './page/plain-table.ts';
import { shortHash } from './page/words.ts';
import type { ReportedRun } from './reported-run.ts';

const METRICS = { auc: 'AUC', averagePrecision: 'average precision', f1: 'F1', accuracy: 'accuracy' } as const;
const NAMES: Readonly<Record<string, string>> = { student: 'this student', forest: 'the forest that taught it' };

/** What a student says of itself. */
export function studentCard({ student, summary, curves }: ReportedRun): Html {
  const { mobileIon, symbols, teacherHash, labelsHash, metrics } = student;
  const { name, hash, threshold } = summary.student;
  const rows = Object.entries(metrics).flatMap(([model, figures]) => {
    const cells = Object.keys(METRICS).map((key) => spreadText(Object(figures)[key]));
    return model in NAMES && cells.every((cell) => cell !== undefined) ? [[NAMES[model], ...cells]] : [];
  });
  return html`<h2 id="student">The student</h2>
<p>${name} (${shortHash(hash)}) judges by composition alone how likely a crystal with mobile ${mobileIon} passes its teacher (${shortHash(teacherHash)}).
It learned from labels ${shortHash(labelsHash)} and knows ${symbols.length} elements. A composition passes from ${threshold} on.</p>
${
  rows.length === 0
    ? html`<p>The model carries no held-out figures of this kind; see its card.</p>\n`
    : html`${plainTable('Held-out figures', ['held-out systems, mean ± deviation over folds', ...Object.values(METRICS)], rows)}
<p>The figures say how well it repeats the teacher for chemical systems that it has not seen. Few labels are positive, so judge by average precision, not by accuracy.</p>\n`
}${curves === undefined ? '' : heldOutFigures(curves, threshold)}${measuredWords(metrics.measured)}`;
}

function spreadText(figure: unknown): string | undefined {
  const { mean, deviation } = Object(figure) as { mean?: unknown; deviation?: unknown };
  if (typeof mean !== 'number' || typeof deviation !== 'number') return undefined;
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

/** Of a student that was fine-tuned on measurements. */
function measuredWords(measured: unknown): Html {
  const { auc, meanAbsoluteError } = Object(measured) as Readonly<Record<string, unknown>>;
  const rows = [
    ['AUC', intervalText(auc)],
    ['mean absolute error of log10 of S/cm', intervalText(meanAbsoluteError)],
  ].flatMap(([name, text]) => (text === undefined ? [] : [[name as string, text]]));
  if (rows.length === 0) return html``;
  return html`<p>It was fine-tuned on measured conductivities; on measured systems that were held out (95 % interval):</p>
${plainTable('Figures on measurements', ['', ''], rows)}\n`;
}

function intervalText(figure: unknown): string | undefined {
  const { value, low, high } = Object(figure) as Readonly<Record<string, unknown>>;
  if (typeof value !== 'number' || typeof low !== 'number' || typeof high !== 'number') return undefined;
  return `${value.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
