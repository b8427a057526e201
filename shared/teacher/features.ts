import { ELECTRONEGATIVITY, SYMBOLS } from '../chemistry/elements.ts';
import { DescriptorUndefinedError } from '../errors.ts';
import type { Structure } from '../structure/structure.ts';
import * as bonds from './bond-features.ts';
import * as distances from './distance-features.ts';
import type { FeatureName } from './feature-names.ts';
import { type Sublattices, sublattices } from './sublattices.ts';

interface FeatureDefinition {
  readonly unit: string; // as a teacher file states it
  readonly meaning: string;
  readonly value: (crystal: Sublattices) => number;
}

/**
 * Structure features of Sendek et al., Energy Environ. Sci. 10, 306 (2017), doi:10.1039/C6EE02697D, by the abbreviations used
 * there: 16 of its 20. `M` is the mobile ion, the sublattice is everything else, and the anion is the most electronegative
 * element. Left out are the two packing fractions and the width and electronegativity of straight paths: they take radii
 * that depend on a judgement of every atom's bonds.
 */
export const FEATURES = {
  aav: { unit: 'angstrom^3', meaning: 'volume per atom', value: distances.volumePerAtom },
  sdlc: { unit: '1', meaning: 'standard deviation over M of its neighbour count', value: bonds.neighborCountSpread },
  sdli: { unit: 'Pauling', meaning: 'standard deviation of |Δχ| over the bonds of M', value: bonds.bondIonicitySpread },
  lbi: { unit: 'Pauling', meaning: 'mean |Δχ| of the bonds of M', value: bonds.bondIonicity },
  lnc: { unit: '1', meaning: 'atoms within 4 Å per M', value: bonds.neighborCount },
  llb: { unit: '1', meaning: 'M within 4 Å per M', value: bonds.mobilePairs },
  sbi: { unit: 'Pauling', meaning: 'mean |Δχ| of the bonds of the sublattice', value: bonds.sublatticeBondIonicity },
  snc: { unit: '1', meaning: 'atoms within 4 Å per sublattice atom', value: bonds.sublatticeNeighborCount },
  afc: { unit: '1', meaning: 'anions within 1 Å beyond the nearest, per anion', value: bonds.anionCoordination },
  aasd: { unit: 'angstrom', meaning: 'shortest anion–anion distance, mean', value: distances.anionAnion },
  vpa: { unit: 'angstrom^3', meaning: 'volume per anion', value: distances.volumePerAnion },
  lasd: { unit: 'angstrom', meaning: 'shortest M–anion distance, mean over M', value: distances.mobileAnion },
  llsd: { unit: 'angstrom', meaning: 'shortest M–M distance, mean over M', value: distances.mobileMobile },
  ens: {
    unit: 'Pauling',
    meaning: 'mean electronegativity of the sublattice',
    value: bonds.sublatticeElectronegativity,
  },
  rbi: { unit: '1', meaning: 'lbi / sbi', value: bonds.bondIonicityRatio },
  rnc: { unit: '1', meaning: 'lnc / snc', value: bonds.neighborCountRatio },
} as const satisfies Record<FeatureName, FeatureDefinition>;

/** Values of some features. */
export type FeatureValues<N extends FeatureName = FeatureName> = Readonly<Record<N, number>>;

/**
 * Atomic number of the structure's most electronegative element, which the features call the anion.
 *
 * @param mobileIon atomic number
 * @throws {DescriptorUndefinedError} if there is no mobile ion, it is itself the most electronegative element, or an
 *   element has no electronegativity
 */
export function anionOf({ id, atomicNumbers }: Structure, mobileIon: number): number {
  let anion = atomicNumbers[0];
  for (const z of atomicNumbers) {
    if (Number.isNaN(ELECTRONEGATIVITY[z]))
      throw new DescriptorUndefinedError(`${SYMBOLS[z]} has no electronegativity`, id);
    if (ELECTRONEGATIVITY[z] > ELECTRONEGATIVITY[anion]) anion = z;
  }
  const ion = SYMBOLS[mobileIon];
  if (!atomicNumbers.includes(mobileIon)) throw new DescriptorUndefinedError(`no ${ion}`, id);
  if (anion === mobileIon) throw new DescriptorUndefinedError(`${ion} is the most electronegative element`, id);
  return anion;
}

/**
 * Some features of one structure. In disordered structures a pair weighs the product of its occupancies, distances to the
 * nearest are expectations under independent occupancy, and pairs of mobile ions closer than 1.5 Å are ignored.
 *
 * @param mobileIon atomic number
 * @throws {DescriptorUndefinedError} as {@link anionOf}, or if one of the features is undefined
 */
export function structureFeatures<N extends FeatureName>(
  structure: Structure,
  mobileIon: number,
  names: readonly N[],
): FeatureValues<N> {
  const crystal = sublattices(structure, mobileIon, anionOf(structure, mobileIon));
  return Object.fromEntries(names.map((name) => [name, FEATURES[name].value(crystal)])) as FeatureValues<N>;
}
