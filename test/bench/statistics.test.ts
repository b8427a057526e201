import { expect, it } from 'vitest';
import { medianOf, ratioOf, spreadOf } from '../../bench/statistics.ts';

it('is the middle sample, or the mean of the two in the middle', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([7])).toBe(7);
  expect(() => medianOf([])).toThrow(RangeError);
});

it('leaves the samples in their order and tells the least and the most', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, samples: [3, 1, 2] });
});

it('compares samples of one round, not medians of several', () => {
  // a machine that slows down by half between two rounds
  const ratio = ratioOf(spreadOf([9, 4.5]), spreadOf([10, 5]));
  expect(ratio).toEqual({ median: 0.9, least: 0.9, most: 0.9, samples: [0.9, 0.9] });
});
