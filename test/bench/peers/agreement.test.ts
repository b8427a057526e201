import { describe, expect, it } from 'vitest';
import { compareSets } from '../../../bench/peers/enumeration.ts';
import { largestDifference, PeerError } from '../../../bench/peers/side-by-side.ts';
import { comparisonTable } from '../../../bench/peers/table.ts';

describe('values of two sides', () => {
  it('agree up to the largest difference', () => {
    expect(largestDifference([1, 2, 3], Float64Array.of(1, 2.25, 3), 0.5, 'logit')).toBe(0.25);
  });

  it.each([
    [[1, 3], 'logit: value 1 is 2 against 3, more than 0.5 apart'],
    [[1, Number.NaN], 'logit: value 1 is 2 against NaN, more than 0.5 apart'],
    [[1], 'logit: 2 values against 1'],
  ])('are refused as %j', (theirs, message) => {
    expect(() => largestDifference([1, 2], theirs, 0.5, 'logit')).toThrow(new PeerError(message));
  });
});

describe('compositions of two sides', () => {
  it('agree in any order', () => {
    expect(compareSets(['Li1 O1', 'Li2 O1'], ['Li2 O1', 'Li1 O1'])).toBe(2);
  });

  it.each([
    [['Li1 O1'], "compositions that are only ours: 1 (Li2 O1); only SMACT's: 0"],
    [['Li1 O1', 'Li3 O1'], "compositions that are only ours: 1 (Li2 O1); only SMACT's: 1 (Li3 O1)"],
    [['Li1 O1', 'Li2 O1', 'Li2 O1'], "0 of ours and 1 of SMACT's are doubled"],
  ])('are refused as %j', (theirs, message) => {
    expect(() => compareSets(['Li1 O1', 'Li2 O1'], theirs)).toThrow(message);
  });
});

it('a comparison is told by the medians of its repeats', () => {
  const table = comparisonTable([
    {
      task: 'scores',
      count: 1000,
      unit: 'compositions',
      agreement: 'the same bits',
      peer: 'numpy',
      peerSeconds: [9, 2, 1],
      ours: 'Screener',
      seconds: [0.5, 0.25, 0.1],
    },
  ]);
  expect(table.split('\n')[2]).toBe(
    '| scores: 1,000 compositions | numpy: 2.00 (500) | Screener: 0.250 (4,000) | 8 | the same bits |',
  );
});
