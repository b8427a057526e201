import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../shared/learning/logistic.ts';
import { binaryMetrics } from '../../shared/learning/metrics.ts';
import { prepareRows, SubsetFitter } from '../../shared/learning/subset-logistic.ts';
import { createRandom, randomNormal } from '../../shared/random.ts';
import {
  nestedAuc,
  nestedSearches,
  permutedSearches,
  pickColumns,
  searchSubsets,
  subsetsUpTo,
} from '../../shared/teacher/choose-features.ts';
import { leaveOneOut } from '../../shared/teacher/fit-teacher.ts';

const random = createRandom(3);
const ROWS = Array.from({ length: 24 }, () => Float64Array.from({ length: 6 }, () => 5 + 2 * randomNormal(random)));
const POSITIVE = ROWS.map((row) => row[2] - row[4] + randomNormal(random) > 0); // columns 2 and 4 decide
const NOISE = ROWS.map((_, i) => i % 2 === 0);
const SEARCH = { rows: ROWS, positive: POSITIVE, penalty: 1, maxColumns: 3, keep: 5 };

describe('fast leave-one-out', () => {
  it.each([
    [[0], 1],
    [[2, 4], 1],
    [[0, 1, 2, 3, 4, 5], 0.05],
  ])('agrees with one regression after the other: columns %j, penalty %f', (columns, penalty) => {
    const logits = new Float64Array(ROWS.length);
    expect(new SubsetFitter(prepareRows(ROWS), POSITIVE, penalty).leaveOneOut(columns, logits)).toBe(true);
    const expected = leaveOneOut(pickColumns(ROWS, columns), POSITIVE, penalty);
    expected.forEach((probability, i) => {
      expect(sigmoid(logits[i])).toBeCloseTo(probability, 5);
    });
  });

  it('gives a column that only the row left out varies no influence', () => {
    const rows = ROWS.map((row, i) => Float64Array.of(row[2], i === 0 ? 1 : 0, 7));
    const logits = new Float64Array(rows.length);
    new SubsetFitter(prepareRows(rows), POSITIVE, 1).leaveOneOut([0, 1, 2], logits);
    leaveOneOut(rows, POSITIVE, 1).forEach((probability, i) => {
      expect(sigmoid(logits[i])).toBeCloseTo(probability, 5);
    });
  });
});

describe('the search over subsets', () => {
  it('looks at each subset once, the small ones first', () => {
    expect([...subsetsUpTo(3, 2)]).toEqual([[0], [1], [2], [0, 1], [0, 2], [1, 2]]);
    expect([...subsetsUpTo(16, 5)]).toHaveLength(6884);
  });

  it('finds the columns that decide, with their leave-one-out AUC', () => {
    const { subsets, best } = searchSubsets(SEARCH);
    expect(subsets).toBe(6 + 15 + 20);
    expect(best).toHaveLength(5);
    expect(best[0].columns).toEqual(expect.arrayContaining([2, 4]));
    const probabilities = leaveOneOut(pickColumns(ROWS, best[0].columns), POSITIVE, 1);
    expect(best[0].auc).toBe(binaryMetrics(POSITIVE, probabilities, 0.5).auc);
    expect(best.map(({ auc }) => auc)).toEqual(best.map(({ auc }) => auc).sort((a, b) => b - a));
  });

  it('prefers fewer columns where the AUC is the same', () => {
    const rows = ROWS.map((row, i) => Float64Array.of(row[0], Number(POSITIVE[i])));
    expect(searchSubsets({ ...SEARCH, rows }).best[0].columns).toEqual([1]);
  });

  it('falls back to the safeguarded regression where Newton steps alone diverge', () => {
    const rows = ROWS.map((row, i) => Float64Array.of((i < 12 ? -1 : 1) * (10 + row[0] / 100)));
    const positive = rows.map(([x]) => x > 0);
    const { best } = searchSubsets({ rows, positive, penalty: 1e-9, maxColumns: 1, keep: 1 });
    expect(best[0].auc).toBe(1);
  });
});

describe('what protects from a lucky choice', () => {
  it('shuffled classes: as many positives, another order, the same for a seed', () => {
    const [first, second] = permutedSearches(SEARCH, 2, 7);
    expect(first.positive.filter(Boolean).length).toBe(POSITIVE.filter(Boolean).length);
    expect(first.positive).not.toEqual(second.positive);
    expect(permutedSearches(SEARCH, 2, 7)).toEqual([first, second]);
  });

  it('choosing within the leave-one-out: near the best AUC where there is something to find, further below it where not', () => {
    const judge = (positive: readonly boolean[]): [best: number, nested: number] => {
      const search = { ...SEARCH, positive };
      return [searchSubsets(search).best[0].auc, nestedAuc(search, nestedSearches(search).map(searchSubsets))];
    };
    const [best, nested] = judge(POSITIVE);
    const [lucky, honest] = judge(NOISE);
    expect(nested).toBeGreaterThan(0.75);
    expect(honest).toBeLessThan(0.6);
    expect(lucky - honest).toBeGreaterThan(best - nested);
  });

  it('no search sees the row that it is for', () => {
    nestedSearches(SEARCH).forEach(({ rows }, left) => {
      expect(rows).toEqual(ROWS.filter((_, i) => i !== left));
    });
  });
});
