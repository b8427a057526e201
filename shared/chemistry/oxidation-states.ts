import { oxidationStates } from './elements.ts';
import { STATE_COUNTS } from './state-counts.ts';

/** An oxidation state but 0, with its share among all occurrences of the element in the ICSD but those as a metal. */
export interface StateShare {
  readonly state: number;
  readonly share: number; // in (0, 1]
}

const SHARES: readonly (readonly StateShare[])[] = STATE_COUNTS.map((counts) => {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return counts.map(([state, count]) => ({ state, share: count / total }));
});

/** Oxidation states of an element with their shares, by state; none for an element that the ICSD has in no compound. */
export function stateShares(z: number): readonly StateShare[] {
  return SHARES[z - 1] ?? [];
}

/**
 * Oxidation states of an element that have a share, ascending, without 0; the tabulated ones of an element that the ICSD has
 * in no compound.
 *
 * @param least share, inclusive
 */
export function statesThatOccur(z: number, least: number): readonly number[] {
  const shares = stateShares(z);
  if (shares.length === 0) return oxidationStates(z);
  return shares.filter(({ share }) => share >= least).map(({ state }) => state);
}
