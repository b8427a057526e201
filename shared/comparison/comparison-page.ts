import { dot, link } from '@observablehq/plot';
import { renderDocument } from '../report/page/document.ts';
import { type Content, type Html, html } from '../report/page/html.ts';
import { plainTable } from '../report/page/plain-table.ts';
import { figure } from '../report/page/plot.ts';
import { REPORT_STYLE } from '../report/page/report-style.ts';
import { formatCount, formulaHtml } from '../report/page/words.ts';
import type { ComparedLine, RunComparison } from './compare-runs.ts';
import type { RunChange } from './run-changes.ts';

/** Two rankings and how they differ. */
export interface ComparedRuns {
  readonly before: string; // name of the earlier one
  readonly after: string;
  readonly comparison: RunComparison;
  readonly changes?: readonly RunChange[]; // undefined if the inputs of one are not known
}

const LISTED = 300; // of each kind, so that a page of two long rankings stays small
const DRAWN = 5000; // points of the figure, at most about

/** A page that says what entered, left and moved between two rankings, and why. It loads nothing and runs nothing. */
export function comparisonPage({ before, after, comparison, changes }: ComparedRuns): string {
  const { entered, left, moved, stayed } = comparison;
  const body = html`<header><h1>What changed between two rankings</h1>
<p class="lead">From <strong>${before}</strong> to <strong>${after}</strong>: ${formatCount(entered.length)} entered, ${formatCount(left.length)} left, ${formatCount(moved.length)} moved, and ${formatCount(stayed)} stayed where they were.</p></header>
<main>
<h2>Why</h2>
${changesHtml(changes)}${movesFigure(comparison)}${section('Entered', entered, linesTable)}${section('Left', left, linesTable)}${section('Moved, farthest first', moved, movesTable)}</main>
`;
  return renderDocument({ title: `From ${before} to ${after}`, style: REPORT_STYLE, body });
}

function changesHtml(changes: readonly RunChange[] | undefined): Content {
  if (changes === undefined)
    return html`<p>The inputs of one of them are not known: there is no summary.json beside its ranking.</p>\n`;
  if (changes.length === 0) return html`<p>Source, student, data and options are the same.</p>\n`;
  return plainTable(
    'What differs',
    ['', 'before', 'after'],
    changes.map(({ what, before, after }) => [what, before, after]),
  );
}

function section<Line>(
  title: string,
  lines: readonly Line[],
  table: (title: string, lines: readonly Line[]) => Html,
): Html {
  const shown = lines.length > LISTED ? html`<p>The first ${LISTED} of ${formatCount(lines.length)}.</p>\n` : '';
  return html`<h2>${title}</h2>
${shown}${lines.length === 0 ? html`<p>None.</p>\n` : table(title, lines.slice(0, LISTED))}`;
}

function linesTable(title: string, lines: readonly ComparedLine[]): Html {
  return plainTable(
    title,
    ['formula', 'rank', 'probability'],
    lines.map(({ formula, rank, probability }) => [formulaHtml(formula), rank, probability.toFixed(4)]),
  );
}

function movesTable(title: string, moves: RunComparison['moved']): Html {
  return plainTable(
    title,
    ['formula', 'rank before', 'rank after', 'probability before', 'probability after'],
    moves.map(({ formula, from, to, probabilityBefore, probabilityAfter }) => [
      ...[formulaHtml(formula), from, to],
      ...[probabilityBefore.toFixed(4), probabilityAfter.toFixed(4)],
    ]),
  );
}

function movesFigure({ moved }: RunComparison): Content {
  if (moved.length === 0) return '';
  const last = moved.reduce((most, { from, to }) => Math.max(most, from, to), 1);
  const step = Math.ceil(moved.length / DRAWN);
  const drawn = step === 1 ? '' : ` One of ${step} is drawn.`;
  return figure(`Rank before and after of compositions that moved; above the line they rose.${drawn}`, {
    width: 480,
    height: 420,
    marginLeft: 56,
    ariaLabel: 'Ranks before and after',
    x: { label: 'rank before', domain: [1, last], grid: true },
    y: { label: 'rank after', domain: [1, last], reverse: true, grid: true },
    marks: [
      link([0], { x1: 1, y1: 1, x2: last, y2: last, strokeDasharray: '4,3' }),
      dot(
        moved.filter((_, i) => i % step === 0),
        { x: 'from', y: 'to', r: 2, fill: 'var(--q4)' },
      ),
    ],
  });
}
