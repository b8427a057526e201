import { ELECTRONEGATIVITY, SYMBOLS } from '../chemistry/elements.ts';
import { DescriptorUndefinedError } from '../errors.ts';
import { NeighborSearch } from '../structure/neighbors.ts';
import { expectedNearestDistance } from '../structure/neighbors-nearest.ts';
import type { Structure } from '../structure/structure.ts';

const LITHIUM = 3;
const BOND_CUTOFF = 4; // Å, inclusive
const ANION_SHELL = 1; // Å beyond the nearest anion
const CLOSEST_LITHIUM = 1.5; // Å: in disordered crystals closer sites are never occupied at once

/**
 * The five structure features of Sendek et al., Energy Environ. Sci. 10, 306 (2017), doi:10.1039/C6EE02697D, in the
 * definitions that reproduce the probabilities published there.
 */
export interface StructureFeatures {
  readonly llb: number; // Li–Li pairs within 4 Å, counted from each Li, per Li
  readonly sbi: number; // mean |Δχ| of the bonds of non-Li atoms within 4 Å, Pauling
  readonly afc: number; // anion neighbours of an anion within 1 Å beyond the nearest, mean over anions
  readonly lasd: number; // shortest Li–anion distance, mean over Li, Å
  readonly llsd: number; // shortest Li–Li distance, mean over Li, Å
}

/** Names of the features in the order of a teacher's coefficients and of a labels file. */
export const FEATURE_NAMES = ['llb', 'sbi', 'afc', 'lasd', 'llsd'] as const;

/** One of {@link FEATURE_NAMES}. */
export type FeatureName = (typeof FEATURE_NAMES)[number];

/** Unit of each feature, as a teacher file states it. */
export const FEATURE_UNITS: Readonly<Record<FeatureName, string>> = {
  llb: '1',
  sbi: 'Pauling',
  afc: '1',
  lasd: 'angstrom',
  llsd: 'angstrom',
};

/**
 * Atomic number of the structure's most electronegative element, which the features call the anion.
 *
 * @throws {DescriptorUndefinedError} if there is no Li, Li itself is the most electronegative element, or an element
 *   has no electronegativity
 */
export function anionOf({ id, atomicNumbers }: Structure): number {
  let anion = atomicNumbers[0];
  for (const z of atomicNumbers) {
    if (Number.isNaN(ELECTRONEGATIVITY[z]))
      throw new DescriptorUndefinedError(`${SYMBOLS[z]} has no electronegativity`, id);
    if (ELECTRONEGATIVITY[z] > ELECTRONEGATIVITY[anion]) anion = z;
  }
  if (!atomicNumbers.includes(LITHIUM)) throw new DescriptorUndefinedError('no Li', id);
  if (anion === LITHIUM) throw new DescriptorUndefinedError('Li is the most electronegative element', id);
  return anion;
}

/**
 * All five features of one structure. In disordered structures a pair weighs the product of its occupancies, distances
 * to the nearest are expectations under independent occupancy, and Li–Li pairs closer than 1.5 Å are ignored.
 *
 * @throws {DescriptorUndefinedError} as {@link anionOf}, or if no non-Li atom has a neighbour within 4 Å
 */
export function structureFeatures(structure: Structure): StructureFeatures {
  const anion = anionOf(structure);
  const { atomicNumbers, occupancies } = structure;
  const search = new NeighborSearch(structure);
  const lithium = occupancies.map((occupancy, i) => (atomicNumbers[i] === LITHIUM ? occupancy : 0));
  const anions = occupancies.map((occupancy, i) => (atomicNumbers[i] === anion ? occupancy : 0));
  const closest = occupancies.every((occupancy) => occupancy === 1) ? 0 : CLOSEST_LITHIUM;
  return {
    llb: siteMean(lithium, (i) => lithiumNeighbors(search, i, lithium, closest)),
    sbi: sublatticeBondIonicity(structure, search),
    afc: siteMean(anions, (i) => anionNeighbors(search, i, anions)),
    lasd: siteMean(lithium, (i) => expectedNearestDistance(search, i, anions)),
    llsd: siteMean(lithium, (i) => expectedNearestDistance(search, i, lithium, closest)),
  };
}

/** Mean of a value over the occupants of weight > 0, weighted. */
function siteMean(weights: Float64Array, value: (occupant: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] > 0)) continue;
    sum += weights[i] * value(i);
    total += weights[i];
  }
  return sum / total;
}

function lithiumNeighbors(search: NeighborSearch, i: number, lithium: Float64Array, closest: number): number {
  search.within(i, BOND_CUTOFF, lithium);
  let sum = 0;
  for (let k = 0; k < search.count; k++) if (search.distances[k] >= closest) sum += lithium[search.to[k]];
  return sum;
}

function anionNeighbors(search: NeighborSearch, i: number, anions: Float64Array): number {
  const nearest = expectedNearestDistance(search, i, anions);
  search.within(i, nearest + ANION_SHELL, anions);
  let sum = 0;
  for (let k = 0; k < search.count; k++) sum += anions[search.to[k]];
  return sum;
}

/** A bond of two non-Li atoms is seen from both ends and counts twice, a Li–non-Li bond once, a Li–Li bond never. */
function sublatticeBondIonicity({ id, atomicNumbers, occupancies }: Structure, search: NeighborSearch): number {
  let sum = 0;
  let bonds = 0;
  for (let i = 0; i < atomicNumbers.length; i++) {
    if (atomicNumbers[i] === LITHIUM) continue;
    const electronegativity = ELECTRONEGATIVITY[atomicNumbers[i]];
    search.within(i, BOND_CUTOFF, occupancies);
    for (let k = 0; k < search.count; k++) {
      const j = search.to[k];
      const weight = occupancies[i] * occupancies[j];
      sum += weight * Math.abs(electronegativity - ELECTRONEGATIVITY[atomicNumbers[j]]);
      bonds += weight;
    }
  }
  if (bonds === 0) throw new DescriptorUndefinedError('no non-Li atom has a neighbour within 4 Å', id);
  return sum / bonds;
}
