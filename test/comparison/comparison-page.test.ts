import { expect, it } from 'vitest';
import { compareRuns } from '../../shared/comparison/compare-runs.ts';
import { comparisonPage } from '../../shared/comparison/comparison-page.ts';

it('a page of two very long rankings stays small, and says what it leaves out', () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => ({ formula: `Li${i + 1}S`, rank: i + 1, probability: 0.5 }));
  const other = lines.map((line, i) => ({ ...line, rank: lines.length - i })).reverse();
  const page = comparisonPage({
    before: 'a.csv',
    after: 'b.csv',
    comparison: compareRuns(lines, other),
  });
  expect(page.length).toBeLessThan(2_000_000);
  expect(page).toContain('200,000 moved');
  expect(page).toContain('The first 300 of 200,000.');
  expect(page).toContain('One of 40 is drawn.');
  expect(page.match(/<circle /g)?.length).toBe(5000);
});
