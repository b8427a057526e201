import { ELECTRONEGATIVITY, SYMBOLS } from '../chemistry/elements.ts';
import { DescriptorUndefinedError } from '../errors.ts';
import { expectedNearestDistance } from '../structure/neighbors-nearest.ts';
import { BOND_CUTOFF, type Sublattices, siteMean } from './sublattices.ts';

const ANION_SHELL = 1; // Å beyond the nearest anion

/** LLB: mobile ions within 4 Å of a mobile ion, mean over mobile ions; its own periodic image counts. */
export function mobilePairs({ search, mobile, closest }: Sublattices): number {
  return siteMean(mobile, (i) => {
    search.within(i, BOND_CUTOFF, mobile);
    let sum = 0;
    for (let k = 0; k < search.count; k++) if (search.distances[k] >= closest) sum += mobile[search.to[k]];
    return sum;
  });
}

/** LNC: atoms of any kind within 4 Å of a mobile ion, mean over mobile ions. */
export function neighborCount(crystal: Sublattices): number {
  return siteMean(crystal.mobile, (i) => neighborsOfMobile(crystal, i));
}

/** SDLC: standard deviation over mobile ions of the number of atoms within 4 Å, that of a whole (no n − 1). */
export function neighborCountSpread(crystal: Sublattices): number {
  const mean = neighborCount(crystal);
  return Math.sqrt(siteMean(crystal.mobile, (i) => (neighborsOfMobile(crystal, i) - mean) ** 2));
}

function neighborsOfMobile({ structure, search, mobile, closest }: Sublattices, i: number): number {
  const { occupancies } = structure;
  search.within(i, BOND_CUTOFF, occupancies);
  let sum = 0;
  for (let k = 0; k < search.count; k++) {
    const j = search.to[k];
    if (mobile[j] === 0 || search.distances[k] >= closest) sum += occupancies[j];
  }
  return sum;
}

/** SNC: atoms within 4 Å of an atom of the sublattice, mobile ions included, mean over the sublattice. */
export function sublatticeNeighborCount({ structure, search, others }: Sublattices): number {
  return siteMean(others, (i) => {
    search.within(i, BOND_CUTOFF, structure.occupancies);
    let sum = 0;
    for (let k = 0; k < search.count; k++) sum += structure.occupancies[search.to[k]];
    return sum;
  });
}

/** RNC: LNC / SNC. */
export function neighborCountRatio(crystal: Sublattices): number {
  return ratio(crystal, neighborCount(crystal), sublatticeNeighborCount(crystal), 'sublattice neighbour count');
}

/** AFC: anions within 1 Å beyond the nearest one, mean over anions. */
export function anionCoordination({ search, anions }: Sublattices): number {
  return siteMean(anions, (i) => {
    const nearest = expectedNearestDistance(search, i, anions);
    search.within(i, nearest + ANION_SHELL, anions);
    let sum = 0;
    for (let k = 0; k < search.count; k++) sum += anions[search.to[k]];
    return sum;
  });
}

/** SBI: mean |Δχ|. A bond within the sublattice is seen from both ends and counts twice, one to a mobile ion once. */
export function sublatticeBondIonicity({ structure, search, mobileIon }: Sublattices): number {
  const { id, atomicNumbers, occupancies } = structure;
  let sum = 0;
  let bonds = 0;
  for (let i = 0; i < atomicNumbers.length; i++) {
    if (atomicNumbers[i] === mobileIon) continue;
    const electronegativity = ELECTRONEGATIVITY[atomicNumbers[i]];
    search.within(i, BOND_CUTOFF, occupancies);
    for (let k = 0; k < search.count; k++) {
      const j = search.to[k];
      const weight = occupancies[i] * occupancies[j];
      sum += weight * Math.abs(electronegativity - ELECTRONEGATIVITY[atomicNumbers[j]]);
      bonds += weight;
    }
  }
  if (bonds === 0)
    throw new DescriptorUndefinedError(`no non-${SYMBOLS[mobileIon]} atom has a neighbour within 4 Å`, id);
  return sum / bonds;
}

/** LBI: mean |Δχ| of the bonds of mobile ions, each bond counted once, those of two mobile ions included. */
export function bondIonicity(crystal: Sublattices): number {
  return bondMoments(crystal).mean;
}

/** SDLI: standard deviation of |Δχ| over the same bonds, that of a whole (no n − 1). */
export function bondIonicitySpread(crystal: Sublattices): number {
  return bondMoments(crystal).spread;
}

function bondMoments({ structure, search, mobile, mobileIon, closest }: Sublattices): { mean: number; spread: number } {
  const { id, atomicNumbers, occupancies } = structure;
  let [bonds, sum, squares] = [0, 0, 0];
  for (let i = 0; i < mobile.length; i++) {
    if (mobile[i] === 0) continue;
    search.within(i, BOND_CUTOFF, occupancies);
    for (let k = 0; k < search.count; k++) {
      const j = search.to[k];
      if (mobile[j] > 0 && search.distances[k] < closest) continue;
      const weight = mobile[i] * occupancies[j] * (mobile[j] > 0 ? 0.5 : 1); // one of two mobile ions is seen twice
      const difference = Math.abs(ELECTRONEGATIVITY[mobileIon] - ELECTRONEGATIVITY[atomicNumbers[j]]);
      bonds += weight;
      sum += weight * difference;
      squares += weight * difference ** 2;
    }
  }
  if (bonds === 0) throw new DescriptorUndefinedError(`no ${SYMBOLS[mobileIon]} has a neighbour within 4 Å`, id);
  const mean = sum / bonds;
  return { mean, spread: Math.sqrt(Math.max(0, squares / bonds - mean ** 2)) };
}

/** RBI: LBI / SBI. */
export function bondIonicityRatio(crystal: Sublattices): number {
  return ratio(crystal, bondIonicity(crystal), sublatticeBondIonicity(crystal), 'sublattice bond ionicity');
}

/** ENS: mean electronegativity of the sublattice, Pauling. */
export function sublatticeElectronegativity({ structure, others }: Sublattices): number {
  return siteMean(others, (i) => ELECTRONEGATIVITY[structure.atomicNumbers[i]]);
}

function ratio({ structure }: Sublattices, numerator: number, denominator: number, name: string): number {
  if (denominator === 0) throw new DescriptorUndefinedError(`its ${name} is 0`, structure.id);
  return numerator / denominator;
}
