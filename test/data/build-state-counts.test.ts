import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderStateCounts } from '../../data/build-state-counts.ts';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { stateShares, statesThatOccur } from '../../shared/chemistry/oxidation-states.ts';
import { sharedData } from '../shared-data.ts';

const JSON_FILE = sharedData('charges/smact-oxidation-states-icsd24-counts.json');
const COMMITTED = readFileSync(new URL('../../shared/chemistry/state-counts.ts', import.meta.url), 'utf8');
const z = (symbol: string): number => atomicNumber(symbol) as number;

describe('counts of oxidation states', () => {
  it.skipIf(!JSON_FILE)('are what their builder makes of the shared file, byte for byte', () => {
    expect(renderStateCounts(readFileSync(JSON_FILE as string, 'utf8'))).toBe(COMMITTED);
  });

  it('leave out the metal and what was never counted', () => {
    const record = (element: string, oxidation_state: number, results_count: number) => ({
      element,
      oxidation_state,
      results_count,
    });
    const text = renderStateCounts(JSON.stringify([record('Li', 1, 3), record('Li', 0, 9), record('Li', 2, 0)]));
    expect(text).toContain('  [[1, 3]], // Li\n');
    expect(() => renderStateCounts(JSON.stringify([record('Xx', 1, 3)]))).toThrow(/Xx/);
  });

  it('make shares that sum to 1, and states that occur', () => {
    for (const symbol of ['Li', 'P', 'Fe', 'O'])
      expect(stateShares(z(symbol)).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(statesThatOccur(z('P'), 0.05)).toEqual([-3, 5]);
    expect(statesThatOccur(z('P'), 0.03)).toEqual([-3, 3, 4, 5]);
    expect(statesThatOccur(z('Pu'), 0.05)).toContain(4);
    expect(statesThatOccur(z('He'), 0.05)).toEqual([]);
  });
});
