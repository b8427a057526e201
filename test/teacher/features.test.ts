import { describe, expect, it } from 'vitest';
import { createRandom, shuffle } from '../../shared/random.ts';
import { createStructure, type Structure } from '../../shared/structure/structure.ts';
import { FEATURE_NAMES, type FeatureName, PUBLISHED_FEATURES } from '../../shared/teacher/feature-names.ts';
import { type FeatureValues, structureFeatures } from '../../shared/teacher/features.ts';
import { crystal, cube, randomStructure, rockSalt } from '../crystals.ts';

const A = 4.026; // Å, LiF
const [LI, NA] = [3, 11];

/** Those features of a crystal of Li that it has. */
const featuresOf = (structure: Structure, names: readonly FeatureName[] = FEATURE_NAMES): FeatureValues =>
  structureFeatures(structure, LI, names);

function expectEqual(actual: FeatureValues, expected: FeatureValues): void {
  for (const name of FEATURE_NAMES) expect(actual[name], name).toBeCloseTo(expected[name], 8);
}

describe('features of rock salt LiF', () => {
  const features = featuresOf(rockSalt(A));

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

describe('the wider set of features in rock salt LiF', () => {
  const [bonds, zeros] = [14, 12 / 2]; // per Li: 14 F, and 12 Li whose bonds two share

  it.each([
    ['aav', A ** 3 / 8],
    ['vpa', A ** 3 / 4],
    ['lnc', 26],
    ['snc', 26],
    ['rnc', 1],
    ['sdlc', 0],
    ['lbi', (bonds * 3) / (bonds + zeros)],
    ['sdli', Math.sqrt((bonds * 9) / (bonds + zeros) - ((bonds * 3) / (bonds + zeros)) ** 2)],
    ['rbi', (bonds * 3) / (bonds + zeros) / ((14 * 3) / 26)],
    ['aasd', A / Math.SQRT2],
    ['ens', 3.98],
  ] as const)('%s is %f', (name, expected) => {
    expect(featuresOf(rockSalt(A))[name]).toBeCloseTo(expected, 12);
  });

  it.each([
    ['aav', A ** 3 / 6],
    ['vpa', A ** 3 / 4],
    ['lnc', 14 + 6],
    ['snc', 12 + 7],
    ['rnc', 20 / 19],
    ['lbi', (14 * 3) / (14 + 3)],
    ['ens', 3.98],
  ] as const)('%s is %f with half of the Li', (name, expected) => {
    expect(featuresOf(rockSalt(A, 'Li', 'F', 0.5))[name]).toBeCloseTo(expected, 12);
  });

  it('SDLC is the deviation over Li, that of a whole: of 1 and 2 neighbours 0.5', () => {
    const structure = crystal('two', cube(10), [
      ['Li', [0, 0, 0]],
      ['F', [0.2, 0, 0]],
      ['Li', [0.5, 0.5, 0.5]],
      ['F', [0.7, 0.5, 0.5]],
      ['F', [0.3, 0.5, 0.5]],
    ]);
    const { lnc, sdlc } = featuresOf(structure, ['lnc', 'sdlc']);
    expect([lnc, sdlc]).toEqual([1.5, 0.5]);
  });
});

describe('features of another mobile ion', () => {
  it('are those of the same crystal, but for electronegativity', () => {
    const names = ['aav', 'lnc', 'llb', 'snc', 'afc', 'aasd', 'vpa', 'lasd', 'llsd'] as const;
    const sodium = structureFeatures(rockSalt(A, 'Na'), NA, [...names, 'lbi']);
    expect(sodium).toEqual({ ...structureFeatures(rockSalt(A), LI, names), lbi: expect.closeTo((14 * 3.05) / 20, 12) });
  });

  it('take Li for a part of the sublattice', () => {
    const mixed = crystal('mixed', cube(3.9), [
      ['Na', [0, 0, 0]],
      ['Li', [0.5, 0.5, 0]],
      ['F', [0.5, 0.5, 0.5]],
    ]);
    const { llb, ens, llsd } = structureFeatures(mixed, NA, ['llb', 'ens', 'llsd']);
    expect([llb, ens, llsd]).toEqual([6, (0.98 + 3.98) / 2, 3.9]);
  });

  it('are undefined without it', () => {
    expect(() => structureFeatures(rockSalt(4), NA, ['aav'])).toThrow(expect.objectContaining({ reason: 'no Na' }));
  });
});

describe('features of disordered crystals', () => {
  it('weigh pairs by the product of occupancies', () => {
    const half = featuresOf(rockSalt(A, 'Li', 'F', 0.5));
    expect(half.llb).toBe(6);
    expect(half.sbi).toBeCloseTo((14 * 0.5 * 3) / (12 + 14 * 0.5), 12);
    expect(half.afc).toBe(12);
    expect(half.lasd).toBeCloseTo(A / 2, 12);
  });

  it('take the expected nearest distance over the shells of 12, 6 and 24 half-filled Li sites', () => {
    const [first, second, third] = [A / Math.SQRT2, A, A * Math.sqrt(1.5)];
    const expected = first * (1 - 2 ** -12) + second * 2 ** -12 * (1 - 2 ** -6) + third * 2 ** -18;
    expect(featuresOf(rockSalt(A, 'Li', 'F', 0.5)).llsd).toBeCloseTo(expected, 5);
  });

  it('count Li on a shared site by its share and never see its partner on that site', () => {
    const mixed = featuresOf(
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
    expect(featuresOf(split(0.5)).llb).toBe(0.5); // at 3.1 Å
    expect(featuresOf(split(1)).llb).toBe(2); // at 1 Å and 3.1 Å
    expect(featuresOf(split(1)).llsd).toBeCloseTo(1, 12);
  });
});

describe('features do not change', () => {
  const random = createRandom(11);
  const structures = Array.from({ length: 12 }, (_, i) => randomStructure(`random-${i}`, random));

  it('in a supercell, ordered or disordered', () => {
    for (const structure of structures) expectEqual(featuresOf(supercell(structure, 2)), featuresOf(structure));
  });

  it('when the crystal is rotated', () => {
    for (const structure of structures) {
      const [u, v] = [random() * 7, random() * 7];
      const lattice = [0, 3, 6].flatMap((row) => {
        const [x, y, z] = structure.lattice.subarray(row, row + 3);
        const [p, q] = [x * Math.cos(u) - y * Math.sin(u), x * Math.sin(u) + y * Math.cos(u)];
        return [p, q * Math.cos(v) - z * Math.sin(v), q * Math.sin(v) + z * Math.cos(v)];
      });
      expectEqual(featuresOf(createStructure({ ...structure, lattice })), featuresOf(structure));
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
      expectEqual(featuresOf(moved), featuresOf(structure));
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
    expect(() => featuresOf(structure, PUBLISHED_FEATURES)).toThrow(expect.objectContaining({ reason }));
  });
});
