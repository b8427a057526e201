import { expect, it } from 'vitest';
import { binaryMetrics } from '../../shared/learning/metrics.ts';

it('counts the pairs in order: 5 of 6, and precisions 1 and 2/3 at the positives', () => {
  const { auc, averagePrecision, f1, accuracy } = binaryMetrics(
    [true, false, true, false, false],
    [0.9, 0.8, 0.7, 0.3, 0.1],
    0.5,
  );
  expect(auc).toBeCloseTo(5 / 6, 12);
  expect(averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 12);
  expect(f1).toBeCloseTo(4 / 5, 12);
  expect(accuracy).toBeCloseTo(4 / 5, 12);
});

it('takes equal scores together: half the pairs, and the precision of all of them', () => {
  const { auc, averagePrecision } = binaryMetrics([true, false, false, true], [0.4, 0.4, 0.4, 0.4], 0.5);
  expect(auc).toBe(0.5);
  expect(averagePrecision).toBe(0.5);
});

it('has no ranking metrics with one class only, and F1 0 where nothing is positive', () => {
  const { auc, averagePrecision, f1, accuracy } = binaryMetrics([false, false], [0.1, 0.2], 0.5);
  expect([auc, averagePrecision, f1, accuracy]).toEqual([Number.NaN, Number.NaN, 0, 1]);
});

it('refuses a score that is not a number', () => {
  expect(() => binaryMetrics([true, false], [0.5, Number.NaN], 0.5)).toThrow('score 1 of 2 is not a number');
});
