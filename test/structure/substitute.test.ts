import { describe, expect, it } from 'vitest';
import { signedVolume } from '../../shared/structure/lattice.ts';
import { substituteElement } from '../../shared/structure/substitute.ts';
import { rockSalt } from '../crystals.ts';

const SODIUM = { from: 3, to: 11 };
const A = 5.13; // Å, LiCl
const OCTAHEDRA = (4 / 3) * ((1.16 + 1.67) ** 3 - (0.9 + 1.67) ** 3); // Å³, of Cl around Na and around Li

describe('an element in the place of another', () => {
  it('takes the positions and the id says so', () => {
    const structure = rockSalt(A, 'Li', 'Cl');
    const substituted = substituteElement(structure, SODIUM);
    expect(substituted.id).toBe('LiCl:Li>Na');
    expect([...substituted.atomicNumbers]).toEqual([11, 11, 11, 11, 17, 17, 17, 17]);
    expect(substituted.fractional).toEqual(structure.fractional);
  });

  it('makes the cell larger by an octahedron of anions for each ion that is there', () => {
    const volume = (occupancy: number): number =>
      signedVolume(substituteElement(rockSalt(A, 'Li', 'Cl', occupancy), SODIUM).lattice);
    expect(volume(1)).toBeCloseTo(A ** 3 + 4 * OCTAHEDRA, 9);
    expect(volume(0.5)).toBeCloseTo(A ** 3 + 2 * OCTAHEDRA, 9);
  });

  it('and back again give the same crystal where the radii are the same', () => {
    const there = substituteElement(rockSalt(A, 'Li', 'Cl'), SODIUM);
    const back = substituteElement(there, { from: 11, to: 3 });
    back.lattice.forEach((x, i) => {
      expect(x).toBeCloseTo(rockSalt(A).lattice[i], 12);
    });
  });

  it('leaves a structure without it as it is', () => {
    const structure = rockSalt(A, 'K', 'Cl');
    expect(substituteElement(structure, SODIUM)).toBe(structure);
  });

  it.each([
    ['the anion has no tabulated radius', rockSalt(4, 'Li', 'P'), SODIUM],
    ['the cation has no tabulated radius', rockSalt(4, 'Li', 'Cl'), { from: 3, to: 18 }],
  ])('is refused: %s', (reason, structure, substitution) => {
    expect(() => substituteElement(structure, substitution)).toThrow(expect.objectContaining({ reason }));
  });
});
