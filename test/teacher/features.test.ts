import { describe, expect, it } from 'vitest';
import { createRandom, shuffle } from '../../shared/random.ts';
import { createStructure, type Structure } from '../../shared/structure/structure.ts';
import { FEATURE_NAMES, type StructureFeatures, structureFeatures } from '../../shared/teacher/features.ts';
import { crystal, cube, randomStructure, rockSalt } from '../crystals.ts';

const A = 4.026; // Å, LiF

function expectEqual(actual: StructureFeatures, expected: StructureFeatures): void {
  for (const name of FEATURE_NAMES) expect(actual[name], name).toBeCloseTo(expected[name], 8);
}

describe('features of rock salt LiF', () => {
  const features = structureFeatures(rockSalt(A));

  it('LLB: 12 Li around each Li, the next at 4.026 Å being too far', () => {
    expect(features.llb).toBe(12);
  });

  it('SBI: each F has 12 F and 14 Li within 4 Å', () => {
    expect(features.sbi).toBeCloseTo((14 * (3.98 - 0.98)) / 26, 12);
  });

  it('AFC: 12 F within 1 Å beyond the nearest F', () => {
    expect(features.afc).toBe(12);
  });

  it('LASD: half the lattice parameter', () => {
    expect(features.lasd).toBeCloseTo(A / 2, 12);
  });

  it('LLSD: half the diagonal of a face', () => {
    expect(features.llsd).toBeCloseTo(A / Math.SQRT2, 12);
  });
});

describe('features of disordered crystals', () => {
  it('weigh pairs by the product of occupancies', () => {
    const half = structureFeatures(rockSalt(A, 'Li', 'F', 0.5));
    expect(half.llb).toBe(6);
    expect(half.sbi).toBeCloseTo((14 * 0.5 * 3) / (12 + 14 * 0.5), 12);
    expect(half.afc).toBe(12);
    expect(half.lasd).toBeCloseTo(A / 2, 12);
  });

  it('take the expected nearest distance over the shells of 12, 6 and 24 half-filled Li sites', () => {
    const [first, second, third] = [A / Math.SQRT2, A, A * Math.sqrt(1.5)];
    const expected = first * (1 - 2 ** -12) + second * 2 ** -12 * (1 - 2 ** -6) + third * 2 ** -18;
    expect(structureFeatures(rockSalt(A, 'Li', 'F', 0.5)).llsd).toBeCloseTo(expected, 5);
  });

  it('count Li on a shared site by its share and never see its partner on that site', () => {
    const mixed = structureFeatures(
      crystal('mixed', cube(3.9), [
        ['Li', [0, 0, 0], 0.5, 0],
        ['Na', [0, 0, 0], 0.5, 0],
        ['F', [0.5, 0.5, 0.5]],
      ]),
    );
    expect(mixed.llb).toBe(3);
    expect(mixed.lasd).toBeCloseTo((3.9 * Math.sqrt(3)) / 2, 12);
    // of Na: 6 half Li and 6 half Na at 3.9 Å, 8 F; of F: 8 half Li, 8 half Na, 6 F
    const naLi = 6 * 0.25 * 0.05;
    const naF = 8 * 0.5 * 3.05;
    const bonds = 6 * 0.25 + 6 * 0.25 + 8 * 0.5 + 8 * 0.5 + 8 * 0.5 + 6;
    expect(mixed.sbi).toBeCloseTo((naLi + 2 * naF + 8 * 0.5 * 3) / bonds, 12);
  });

  it('ignore Li–Li pairs closer than 1.5 Å, which ordered crystals count', () => {
    const split = (occupancy: number): Structure =>
      crystal('split', cube(4.1), [
        ['Li', [0, 0, 0], occupancy],
        ['Li', [1 / 4.1, 0, 0], occupancy],
        ['F', [0.5, 0.5, 0.5]],
      ]);
    expect(structureFeatures(split(0.5)).llb).toBe(0.5); // at 3.1 Å
    expect(structureFeatures(split(1)).llb).toBe(2); // at 1 Å and 3.1 Å
    expect(structureFeatures(split(1)).llsd).toBeCloseTo(1, 12);
  });
});

describe('features do not change', () => {
  const random = createRandom(11);
  const structures = Array.from({ length: 12 }, (_, i) => randomStructure(`random-${i}`, random));

  it('in a supercell, ordered or disordered', () => {
    for (const structure of structures)
      expectEqual(structureFeatures(supercell(structure, 2)), structureFeatures(structure));
  });

  it('when the crystal is rotated', () => {
    for (const structure of structures) {
      const [u, v] = [random() * 7, random() * 7];
      const lattice = [0, 3, 6].flatMap((row) => {
        const [x, y, z] = structure.lattice.subarray(row, row + 3);
        const [p, q] = [x * Math.cos(u) - y * Math.sin(u), x * Math.sin(u) + y * Math.cos(u)];
        return [p, q * Math.cos(v) - z * Math.sin(v), q * Math.sin(v) + z * Math.cos(v)];
      });
      expectEqual(structureFeatures(createStructure({ ...structure, lattice })), structureFeatures(structure));
    }
  });

  it('when atoms are listed in another order and the origin is moved', () => {
    for (const structure of structures) {
      const order = shuffle([...structure.atomicNumbers.keys()], random);
      const shift = [random(), random(), random()];
      const moved = createStructure({
        id: structure.id,
        lattice: structure.lattice,
        atomicNumbers: order.map((i) => structure.atomicNumbers[i]),
        fractional: order.flatMap((i) => shift.map((s, k) => structure.fractional[3 * i + k] + s)),
        occupancies: order.map((i) => structure.occupancies[i]),
      });
      expectEqual(structureFeatures(moved), structureFeatures(structure));
    }
  });
});

function supercell(structure: Structure, n: number): Structure {
  const { lattice, atomicNumbers, fractional, occupancies } = structure;
  const copies = Array.from({ length: n }, (_, copy) => copy);
  return createStructure({
    id: structure.id,
    lattice: Float64Array.from(lattice, (x, i) => (i < 3 ? n * x : x)),
    atomicNumbers: copies.flatMap(() => [...atomicNumbers]),
    fractional: copies.flatMap((copy) => Array.from(fractional, (x, i) => (i % 3 === 0 ? (x + copy) / n : x))),
    occupancies: copies.flatMap(() => [...occupancies]),
  });
}

describe('features are undefined', () => {
  it.each([
    ['Li is the most electronegative element', rockSalt(4, 'Li', 'Na')],
    ['no Li', rockSalt(4, 'Na', 'Cl')],
    ['He has no electronegativity', rockSalt(4, 'Li', 'He')],
    ['no non-Li atom has a neighbour within 4 Å', rockSalt(20)],
  ])('where %s', (reason, structure) => {
    expect(() => structureFeatures(structure)).toThrow(expect.objectContaining({ reason }));
  });
});
