import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random.ts';
import { inverseLattice, latticeFromParameters, signedVolume, transform } from '../../shared/structure/lattice.ts';
import { createStructure, type StructureInput } from '../../shared/structure/structure.ts';

const LITHIUM_FLUORIDE: StructureInput = {
  id: 'LiF',
  lattice: [2.85, 0, 0, 0, 2.85, 0, 0, 0, 2.85], // CsCl type, one formula unit
  atomicNumbers: [3, 9],
  fractional: [0, 0, 0, 0.5, 0.5, 0.5],
};

const create = (change: Partial<StructureInput>) => () => createStructure({ ...LITHIUM_FLUORIDE, ...change });

describe('createStructure', () => {
  it('wraps coordinates into [0, 1) and fills in occupancies and sites', () => {
    const structure = create({ fractional: [-0.25, 1, -1e-17, 2.5, 0.5, -3.5] })();
    expect([...structure.fractional]).toEqual([0.75, 0, 0, 0.5, 0.5, 0.5]);
    expect([...structure.occupancies]).toEqual([1, 1]);
    expect([...structure.sites]).toEqual([0, 1]);
  });

  it.each<[string, Partial<StructureInput>, RegExp]>([
    ['a cell without volume', { lattice: [1, 0, 0, 2, 0, 0, 0, 0, 1] }, /volume is 0 Å³/],
    ['a left-handed cell', { lattice: [0, 3, 0, 3, 0, 0, 0, 0, 3] }, /volume is -27 Å³.*Exchange two/],
    ['a cell that is not finite', { lattice: [3, 0, 0, 0, Number.NaN, 0, 0, 0, 3] }, /NaN.*not three vectors/],
    ['a coordinate that is no number', { fractional: [0, 0, 0, 0.5, Number.NaN, 0.5] }, /coordinate y of atom 2 \(F\)/],
    ['no atoms', { atomicNumbers: [], fractional: [] }, /no atoms/],
    ['an atomic number beyond the table', { atomicNumbers: [3, 200] }, /atomic number 200/],
    ['positions that are cut off', { fractional: [0, 0, 0] }, /2 atoms and 1 positions/],
    ['the occupancy 0', { occupancies: [1, 0] }, /atom 2 \(F\) has the occupancy 0/],
    ['an occupancy above 1', { occupancies: [1, 1.02] }, /has the occupancy 1.02/],
    ['an overfull site', { occupancies: [0.6, 0.6], sites: [0, 0] }, /sum to 1.2/],
    ['an atom written twice', { fractional: [0, 0, 0, 1, 0, -1e-5] }, /atom 1 \(Li\) and atom 2 \(F\).*same position/],
  ])('refuses %s', (_, change, message) => {
    expect(create(change)).toThrow(InputError);
    expect(create(change)).toThrow(message);
  });

  it('lets atoms share a position that they occupy in part', () => {
    const shared = { fractional: [0, 0, 0, 0, 0, 0] };
    expect(create({ ...shared, occupancies: [0.3, 0.7] })().occupancies.length).toBe(2);
    expect(create({ ...shared, occupancies: [0.3, 0.8] })).toThrow(/same position/);
  });

  it('scales a site that is overfull by rounding only', () => {
    const { occupancies } = create({ occupancies: [0.67, 0.34], sites: [0, 0], fractional: [0, 0, 0, 0, 0, 0] })();
    expect(occupancies[0] + occupancies[1]).toBeCloseTo(1, 15);
    expect(occupancies[0] / occupancies[1]).toBeCloseTo(67 / 34, 12);
  });
});

describe('lattice', () => {
  it('keeps lengths and angles, and has the volume of the triple product', () => {
    const lattice = latticeFromParameters([3, 4, 5], [80, 95, 110]);
    const [a, b, c] = [0, 3, 6].map((row) => lattice.subarray(row, row + 3));
    const dot = (u: Float64Array, v: Float64Array) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    const angle = (u: Float64Array, v: Float64Array) =>
      (Math.acos(dot(u, v) / Math.hypot(...u) / Math.hypot(...v)) * 180) / Math.PI;
    expect([a, b, c].map((vector) => Math.hypot(...vector))).toEqual([3, 4, expect.closeTo(5, 12)]);
    expect([angle(b, c), angle(a, c), angle(a, b)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([
      80, 95, 110,
    ]);
    const cosines = [80, 95, 110].map((value) => Math.cos((value * Math.PI) / 180));
    const gram = 1 - cosines.reduce((sum, x) => sum + x * x, 0) + 2 * cosines[0] * cosines[1] * cosines[2];
    expect(signedVolume(lattice)).toBeCloseTo(60 * Math.sqrt(gram), 10);
  });

  it('is undone by its inverse for 100 random cells', () => {
    const random = createRandom(7);
    for (let trial = 0; trial < 100; trial++) {
      const lattice = Float64Array.from({ length: 9 }, () => 10 * random() - 5);
      if (Math.abs(signedVolume(lattice)) < 1) continue;
      const point = [random(), random(), random()] as const;
      const back = transform(...transform(...point, lattice), inverseLattice(lattice));
      back.forEach((value, k) => {
        expect(value).toBeCloseTo(point[k], 9);
      });
    }
  });
});
