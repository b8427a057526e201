import { ELECTRONEGATIVITY, elementProperty, SYMBOLS } from '../chemistry/elements.ts';
import { DescriptorUndefinedError } from '../errors.ts';
import { signedVolume } from './lattice.ts';
import type { Structure } from './structure.ts';

/** An element that takes the place of another one of equal charge. */
export interface Substitution {
  readonly from: number; // atomic number
  readonly to: number; // atomic number
}

const CATION_RADIUS = elementProperty('cationicRadius'); // Å, crystal radii of Shannon 1976, doi:10.1107/S0567739476001551
const ANION_RADIUS = elementProperty('anionicRadius'); // Å, same

/**
 * The structure with one element in place of another. Fractional positions stay. The cell grows uniformly by the
 * difference in volume of an ideal octahedron of anions around each exchanged ion, 4/3 d³ with d the sum of the radii of
 * cation and anion: that gives NaCoO2 from LiCoO2 within 1 % of its measured volume, and NaCl from LiCl 8 % less. Nothing is relaxed.
 * The id says what was done, as in `mp-1234:Li>Na`; a structure without the element stays as it is.
 *
 * @throws {DescriptorUndefinedError} if one of the radii is unknown, as that of P as the most electronegative element is
 */
export function substituteElement(structure: Structure, { from, to }: Substitution): Structure {
  const { id, lattice, atomicNumbers, occupancies } = structure;
  if (!atomicNumbers.includes(from)) return structure;
  const anion = atomicNumbers.reduce((a, b) => (ELECTRONEGATIVITY[b] > ELECTRONEGATIVITY[a] ? b : a));
  const octahedron = (cation: number): number =>
    (4 / 3) * (radius(CATION_RADIUS, cation, id) + radius(ANION_RADIUS, anion, id)) ** 3;
  const exchanged = occupancies.reduce((sum, occupancy, i) => sum + (atomicNumbers[i] === from ? occupancy : 0), 0);
  const growth = (exchanged * (octahedron(to) - octahedron(from))) / signedVolume(lattice);
  return {
    ...structure,
    id: `${id}:${SYMBOLS[from]}>${SYMBOLS[to]}`,
    lattice: lattice.map((x) => x * Math.cbrt(1 + growth)),
    atomicNumbers: atomicNumbers.map((z) => (z === from ? to : z)),
  };
}

function radius(table: Float64Array, z: number, id: string): number {
  if (table[z] > 0) return table[z];
  throw new DescriptorUndefinedError(`the ${table === ANION_RADIUS ? 'anion' : 'cation'} has no tabulated radius`, id);
}
