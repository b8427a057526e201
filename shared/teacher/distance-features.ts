import { signedVolume } from '../structure/lattice.ts';
import { expectedNearestDistance } from '../structure/neighbors-nearest.ts';
import { type Sublattices, siteMean } from './sublattices.ts';

/** AAV: cell volume per atom, Å³; a half-filled site counts as half an atom. */
export function volumePerAtom({ structure }: Sublattices): number {
  return volumePer(structure.lattice, structure.occupancies);
}

/** VPA: cell volume per anion, Å³. */
export function volumePerAnion({ structure, anions }: Sublattices): number {
  return volumePer(structure.lattice, anions);
}

function volumePer(lattice: Float64Array, occupancies: Float64Array): number {
  return signedVolume(lattice) / occupancies.reduce((sum, occupancy) => sum + occupancy, 0);
}

/** AASD: shortest anion–anion distance, mean over anions, Å; no cutoff. */
export function anionAnion({ search, anions }: Sublattices): number {
  return siteMean(anions, (i) => expectedNearestDistance(search, i, anions));
}

/** LASD: shortest distance from a mobile ion to an anion, mean over mobile ions, Å; no cutoff. */
export function mobileAnion({ search, mobile, anions }: Sublattices): number {
  return siteMean(mobile, (i) => expectedNearestDistance(search, i, anions));
}

/** LLSD: shortest distance of two mobile ions or images, mean over mobile ions, Å; no cutoff. */
export function mobileMobile({ search, mobile, closest }: Sublattices): number {
  return siteMean(mobile, (i) => expectedNearestDistance(search, i, mobile, closest));
}
