import { parseCsv } from '../io/tables/csv.ts';
import type { RankedComposition } from '../ranking/ranking.ts';

/** What the comparison of two rankings needs of a line. */
export type ComparedLine = Pick<RankedComposition, 'rank' | 'formula' | 'probability'>;

/** A composition that both rankings have, at different ranks. */
export interface Move {
  readonly formula: string;
  readonly from: number; // rank before
  readonly to: number; // rank after
  readonly probabilityBefore: number;
  readonly probabilityAfter: number;
}

/** How one ranking differs from an earlier one. */
export interface RunComparison {
  readonly entered: readonly ComparedLine[]; // in the later one only, by its rank
  readonly left: readonly ComparedLine[]; // in the earlier one only, by its rank
  readonly moved: readonly Move[]; // by how far they moved, farthest first, then by the later rank
  readonly stayed: number; // in both, at the same rank
}

/** Read of a ranking.csv what a comparison needs. Throws {@link InputError} if it is none. */
export function parseComparedLines(text: string, file: string): ComparedLine[] {
  return parseCsv(text, file, ['rank', 'formula', 'probability']).rows.map((row) => ({
    rank: row.number('rank'),
    formula: row.required('formula'),
    probability: row.number('probability'),
  }));
}

/**
 * Compare two rankings by formula: an index means something within one space only.
 *
 * @param before lines of the earlier ranking, best first
 * @param after lines of the later ranking, best first
 */
export function compareRuns(before: readonly ComparedLine[], after: readonly ComparedLine[]): RunComparison {
  const earlier = new Map(before.map((line) => [line.formula, line]));
  const later = new Set(after.map(({ formula }) => formula));
  const moved: Move[] = [];
  let stayed = 0;
  for (const { formula, rank, probability } of after) {
    const was = earlier.get(formula);
    if (was === undefined) continue;
    if (was.rank === rank) stayed++;
    else
      moved.push({
        formula,
        from: was.rank,
        to: rank,
        probabilityBefore: was.probability,
        probabilityAfter: probability,
      });
  }
  moved.sort((a, b) => Math.abs(b.from - b.to) - Math.abs(a.from - a.to) || a.to - b.to);
  return {
    entered: after.filter(({ formula }) => !earlier.has(formula)),
    left: before.filter(({ formula }) => !later.has(formula)),
    moved,
    stayed,
  };
}
