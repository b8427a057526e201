import { atomicNumber } from '../shared/chemistry/elements.ts';
import { InputError } from '../shared/errors.ts';
import type { Random } from '../shared/random.ts';
import { createStructure, type Structure } from '../shared/structure/structure.ts';

/** One occupant: symbol, fractional position, occupancy (1 if left out), site (its own if left out). */
export type Atom = readonly [symbol: string, position: readonly number[], occupancy?: number, site?: number];

/** A structure from cell vectors in Å (rows) and atoms. */
export function crystal(id: string, vectors: readonly (readonly number[])[], atoms: readonly Atom[]): Structure {
  return createStructure({
    id,
    lattice: vectors.flat(),
    atomicNumbers: atoms.map(([symbol]) => atomicNumber(symbol) as number),
    fractional: atoms.flatMap(([, position]) => position),
    occupancies: atoms.map(([, , occupancy]) => occupancy ?? 1),
    sites: atoms.map(([, , , site], i) => site ?? i),
  });
}

/** Cell vectors of a cube with edge a in Å. */
export function cube(a: number): number[][] {
  return [
    [a, 0, 0],
    [0, a, 0],
    [0, 0, a],
  ];
}

const FACE_CENTRED = [
  [0, 0, 0],
  [0.5, 0.5, 0],
  [0.5, 0, 0.5],
  [0, 0.5, 0.5],
];

/** Rock salt with the cubic cell; the cation may be on only a part of its sites. */
export function rockSalt(a: number, cation = 'Li', anion = 'F', occupancy = 1): Structure {
  return crystal(`${cation}${anion}`, cube(a), [
    ...FACE_CENTRED.map((position): Atom => [cation, position, occupancy]),
    ...FACE_CENTRED.map(([x, y, z]): Atom => [anion, [x + 0.5, y, z]]),
  ]);
}

/** A triclinic cell of 8 atoms at random positions, half of them Li; every second one with random occupancies. */
export function randomStructure(id: string, random: Random): Structure {
  const disordered = random() < 0.5;
  const vectors = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 4 + 4 * random() : 6 * (random() - 0.5))));
  const determinant = (m: number[][]): number =>
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  if (determinant(vectors) < 40) return randomStructure(id, random);
  const symbols = ['Li', 'Li', 'Li', 'Li', 'P', 'S', 'S', 'S'];
  const atoms = symbols.map((symbol): Atom => {
    return [symbol, [random(), random(), random()], disordered ? 0.3 + 0.7 * random() : 1];
  });
  try {
    return crystal(id, vectors, atoms);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return randomStructure(id, random); // two whole atoms were too near
  }
}
