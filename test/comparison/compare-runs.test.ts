import { describe, expect, it } from 'vitest';
import { type ComparedLine, compareRuns } from '../../shared/comparison/compare-runs.ts';

function ranking(...formulas: string[]): ComparedLine[] {
  return formulas.map((formula, i) => ({ rank: i + 1, formula, probability: 1 - i / 10 }));
}

describe('the comparison of two rankings', () => {
  it('of equal ones finds that all stayed', () => {
    const same = ranking('LiCl', 'LiBr', 'LiI');
    expect(compareRuns(same, same)).toEqual({ entered: [], left: [], moved: [], stayed: 3 });
  });

  it('lists what entered and left by rank, and what moved by distance', () => {
    const { entered, left, moved, stayed } = compareRuns(
      ranking('LiCl', 'LiBr', 'LiI', 'Li2S', 'Li2O', 'LiF'),
      ranking('LiCl', 'Li3N', 'LiBr', 'Li2O', 'Li3P', 'Li2S'),
    );
    expect(entered.map(({ rank, formula }) => [rank, formula])).toEqual([
      [2, 'Li3N'],
      [5, 'Li3P'],
    ]);
    expect(left.map(({ rank, formula }) => [rank, formula])).toEqual([
      [3, 'LiI'],
      [6, 'LiF'],
    ]);
    expect(moved.map(({ formula, from, to }) => [formula, from, to])).toEqual([
      ['Li2S', 4, 6],
      ['LiBr', 2, 3],
      ['Li2O', 5, 4],
    ]);
    expect(moved[1]).toMatchObject({ probabilityBefore: 0.9, probabilityAfter: 0.8 });
    expect(stayed).toBe(1);
  });

  it('with an empty one finds that all entered or left', () => {
    const some = ranking('LiCl', 'LiBr');
    expect(compareRuns([], some)).toEqual({ entered: some, left: [], moved: [], stayed: 0 });
    expect(compareRuns(some, [])).toEqual({ entered: [], left: some, moved: [], stayed: 0 });
  });
});
