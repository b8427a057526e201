import type { ComparedLine, RunComparison } from '../../shared/comparison/compare-runs.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { formatTable } from '../terminal/output.ts';

/**
 * What entered, left and moved, for a terminal.
 *
 * @param limit lines of each kind, at most
 */
export function describeComparison({ entered, left, moved, stayed }: RunComparison, limit: number): string {
  const lines = (listed: readonly ComparedLine[]): string =>
    formatTable(
      ['rank', 'formula', 'probability'],
      listed.slice(0, limit).map(({ rank, formula, probability }) => [rank, formula, probability.toFixed(6)]),
    );
  const moves = moved
    .slice(0, limit)
    .map(({ formula, from, to, probabilityBefore, probabilityAfter }) => [
      ...[from, to, formula],
      ...[probabilityBefore.toFixed(6), probabilityAfter.toFixed(6)],
    ]);
  return [
    section('entered', entered.length, limit, lines(entered)),
    section('left', left.length, limit, lines(left)),
    section('moved', moved.length, limit, formatTable(['from', 'to', 'formula', 'before', 'after'], moves)),
    `${formatCount(stayed)} stayed where they were\n`,
  ].join('');
}

function section(what: string, count: number, limit: number, table: string): string {
  if (count === 0) return `none ${what}\n`;
  const shown = count > limit ? `, of which ${formatCount(limit)} ${limit === 1 ? 'is' : 'are'} shown` : '';
  return `${formatCount(count)} ${what}${shown}\n${table}\n`;
}
