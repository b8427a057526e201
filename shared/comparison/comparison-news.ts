import { formatCount } from '../report/page/words.ts';
import type { ComparedLine, Move, RunComparison } from './compare-runs.ts';
import type { ComparisonOutcome } from './compare-with-last.ts';
import type { RunChange } from './run-changes.ts';

const NAMED = 5; // compositions of each kind

/**
 * What a comparison with the last run came to, in plain text for a notification.
 *
 * @param places where the page of the comparison can be seen
 */
export function comparisonNews(outcome: ComparisonOutcome, places: readonly string[]): string {
  switch (outcome.kind) {
    case 'first':
      return 'There is no earlier run of this kind to compare with.';
    case 'failed':
      return `There is no comparison with the last run: ${outcome.problem}`;
    case 'compared': {
      const { before, comparison, changes } = outcome.compared;
      return [
        `Compared with the last run, ${before}: ${comparisonCounts(comparison)}.`,
        whyWords(changes),
        ...namedLines('Entered', comparison.entered, lineWords),
        ...namedLines('Left', comparison.left, lineWords),
        ...namedLines('Moved', comparison.moved, moveWords),
        ...places,
      ].join('\n');
    }
  }
}

/** Such as: 3 entered, 3 left, 90 moved, 907 stayed where they were. */
export function comparisonCounts({ entered, left, moved, stayed }: RunComparison): string {
  const counts = { entered: entered.length, left: left.length, moved: moved.length, 'stayed where they were': stayed };
  return Object.entries(counts)
    .map(([what, count]) => `${formatCount(count)} ${what}`)
    .join(', ');
}

function whyWords(changes: readonly RunChange[]): string {
  if (changes.length === 0) return 'Source, student, data and options are the same.';
  return `Why: ${changes.map(({ what, before, after }) => `${what} ${before} → ${after}`).join('; ')}`;
}

function namedLines<Line>(title: string, lines: readonly Line[], words: (line: Line) => string): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length > NAMED ? ` and ${formatCount(lines.length - NAMED)} more` : '';
  return [`${title}: ${lines.slice(0, NAMED).map(words).join(', ')}${rest}`];
}

function lineWords({ formula, rank }: ComparedLine): string {
  return `${formula} (${rank})`;
}

function moveWords({ formula, from, to }: Move): string {
  return `${formula} (${from} → ${to})`;
}
