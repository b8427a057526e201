import { expect, it } from 'vitest';
import { precisionRecallCurve, reliabilityBins } from '../../shared/learning/curves.ts';

it('a curve has precision and recall down the ranking, ties taken together', () => {
  expect(precisionRecallCurve([true, false, true, false], [0.9, 0.8, 0.8, 0.1], 100)).toEqual([
    { recall: 0.5, precision: 1 },
    { recall: 1, precision: 2 / 3 },
    { recall: 1, precision: 0.5 },
  ]);
});

it('there is no curve without positives', () => {
  expect(precisionRecallCurve([false, false], [0.9, 0.8], 100)).toEqual([]);
});

it('bins hold probabilities, 1 is in the last one, and empty ones are left out', () => {
  expect(reliabilityBins([true, false, true], [1, 0.25, 0.75], 2)).toEqual([
    { count: 1, probability: 0.25, positives: 0 },
    { count: 2, probability: 0.875, positives: 1 },
  ]);
});
