import { expect, it } from 'vitest';
import { foldInterval, formatInterval } from '../../shared/learning/intervals.ts';

it('is the mean and t times its standard error', () => {
  // mean 0.8, sample standard deviation 0.1, standard error 0.1 / √3, t = 4.303
  const { low, high } = foldInterval([0.7, 0.8, 0.9]);
  expect(low).toBeCloseTo(0.8 - 0.24844, 4);
  expect(high).toBe(1);
});

it('goes on beyond the table: t = 2.201 for 11 and 2.093 for 19 degrees of freedom', () => {
  for (const [folds, t] of [
    [12, 2.201],
    [20, 2.093],
  ]) {
    const values = Array.from({ length: folds }, (_, i) => (i % 2 === 0 ? 0.49 : 0.51));
    const { low, high } = foldInterval(values);
    expect((high - low) / 2).toBeCloseTo((t * 0.01) / Math.sqrt(folds - 1), 5);
  }
});

it('reads as low to high', () => {
  expect(formatInterval({ low: 0.7684, high: 0.84 })).toBe('0.768 to 0.840');
});
