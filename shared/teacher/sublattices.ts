import { NeighborSearch } from '../structure/neighbors.ts';
import type { Structure } from '../structure/structure.ts';

/** Å, inclusive: atoms this near count as neighbours, and every such pair as a bond. */
export const BOND_CUTOFF = 4;

const CLOSEST_MOBILE = 1.5; // Å: in disordered crystals closer sites are never occupied at once

/** A structure, and which of its occupants are what: everything that features are computed from. */
export interface Sublattices {
  readonly structure: Structure;
  readonly search: NeighborSearch;
  readonly mobileIon: number; // atomic number
  readonly mobile: Float64Array; // shape (occupants,): occupancy of the mobile ion, 0 for others
  readonly anions: Float64Array; // shape (occupants,): occupancy of the anion, 0 for others
  readonly others: Float64Array; // shape (occupants,): occupancy of whatever is not the mobile ion, 0 for that
  readonly closest: number; // Å: pairs of mobile ions below do not count
}

/**
 * @param mobileIon atomic number of an element of the structure
 * @param anion atomic number of its most electronegative element
 */
export function sublattices(structure: Structure, mobileIon: number, anion: number): Sublattices {
  const { atomicNumbers, occupancies } = structure;
  return {
    structure,
    search: new NeighborSearch(structure),
    mobileIon,
    mobile: occupancies.map((occupancy, i) => (atomicNumbers[i] === mobileIon ? occupancy : 0)),
    anions: occupancies.map((occupancy, i) => (atomicNumbers[i] === anion ? occupancy : 0)),
    others: occupancies.map((occupancy, i) => (atomicNumbers[i] === mobileIon ? 0 : occupancy)),
    closest: occupancies.every((occupancy) => occupancy === 1) ? 0 : CLOSEST_MOBILE,
  };
}

/** Mean of a value over the occupants of weight > 0, weighted. */
export function siteMean(weights: Float64Array, value: (occupant: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] > 0)) continue;
    sum += weights[i] * value(i);
    total += weights[i];
  }
  return sum / total;
}
