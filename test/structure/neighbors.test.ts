import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { NeighborSearch } from '../../shared/structure/neighbors.ts';
import { expectedNearestDistance } from '../../shared/structure/neighbors-nearest.ts';
import type { Structure } from '../../shared/structure/structure.ts';
import { type Atom, crystal, cube, randomStructure, rockSalt } from '../crystals.ts';

const SKEWED = [
  [15, 0, 0],
  [-6, 14, 0],
  [5, 4, 20],
];

const everything = ({ occupancies }: Structure): Float64Array => new Float64Array(occupancies.length).fill(1);

function distances(structure: Structure, origin: number, radius: number): number[] {
  const search = new NeighborSearch(structure);
  search.within(origin, radius, everything(structure));
  return [...search.distances.subarray(0, search.count)].sort((a, b) => a - b);
}

describe('periodic neighbours', () => {
  it('are 6, 12 and 8 in the first shells of rock salt', () => {
    const found = distances(rockSalt(4), 0, 3.9);
    expect(found.filter((d) => Math.abs(d - 2) < 1e-9)).toHaveLength(6);
    expect(found.filter((d) => Math.abs(d - Math.sqrt(8)) < 1e-9)).toHaveLength(12);
    expect(found.filter((d) => Math.abs(d - Math.sqrt(12)) < 1e-9)).toHaveLength(8);
    expect(found).toHaveLength(26);
  });

  it('include images of the atom itself, and those exactly at the cutoff', () => {
    const simple = crystal('cube', cube(4), [['Li', [0.3, 0.7, 0.1]]]);
    expect(distances(simple, 0, 4)).toHaveLength(6);
    expect(distances(simple, 0, 3.999)).toHaveLength(0);
  });

  it('do not depend on the choice of the cell, however skewed', () => {
    const straight = crystal('cube', cube(3), [['Li', [0, 0, 0]]]);
    const skewed = crystal(
      'skewed',
      [
        [3, 0, 0],
        [21, 3, 0],
        [-15, 33, 3],
      ],
      [['Li', [0, 0, 0]]],
    );
    expect(distances(skewed, 0, 7)).toHaveLength(distances(straight, 0, 7).length);
  });

  it('leave out the other occupants of the same site but not their images', () => {
    const shared = crystal('shared', cube(4), [
      ['Li', [0, 0, 0], 0.5, 0],
      ['Na', [0, 0, 0], 0.5, 0],
    ]);
    expect(distances(shared, 0, 4)).toEqual(Array.from({ length: 12 }, () => 4));
  });

  it('equal those of a search over far more image cells in 40 random triclinic cells', () => {
    const random = createRandom(7);
    for (let n = 0; n < 40; n++) {
      const structure = randomStructure(`random-${n}`, random);
      const origin = n % 8;
      const expected = bruteForce(structure, origin, 5, 8);
      const found = distances(structure, origin, 5);
      expect(found).toHaveLength(expected.length);
      found.forEach((d, i) => {
        expect(d).toBeCloseTo(expected[i], 10);
      });
    }
  });

  it('equal those of a search over far more image cells in large cells, in the order of the atoms', () => {
    const random = createRandom(8);
    for (const vectors of [cube(17), SKEWED]) {
      const position = () => [random(), random(), random()];
      const structure = crystal(
        'large',
        vectors,
        Array.from({ length: 120 }, (): Atom => ['Li', position(), 0.5]),
      );
      const search = new NeighborSearch(structure);
      for (const radius of [2.5, 4, 9])
        for (let origin = 0; origin < 120; origin += 17) {
          search.within(origin, radius, everything(structure));
          const order = [...search.to.subarray(0, search.count)];
          expect(order).toEqual([...order].sort((a, b) => a - b));
          const expected = bruteForce(structure, origin, radius, 3);
          const found = distances(structure, origin, radius);
          expect(found).toHaveLength(expected.length);
          found.forEach((d, i) => {
            expect(d).toBeCloseTo(expected[i], 10);
          });
        }
    }
  });

  it('are refused where a degenerate cell would take millions', () => {
    const flat = crystal(
      'flat',
      [
        [1, 0, 0],
        [0.9, 0.1, 0],
        [0.9, 0.05, 0.1],
      ],
      [['Li', [0, 0, 0]]],
    );
    expect(() => distances(flat, 0, 15)).toThrow('flat: a sphere of neighbours holds more than a million atoms');
  });
});

function bruteForce({ lattice, fractional }: Structure, origin: number, radius: number, cells: number): number[] {
  const found: number[] = [];
  for (let j = 0; j < fractional.length / 3; j++)
    for (let a = -cells; a <= cells; a++)
      for (let b = -cells; b <= cells; b++)
        for (let c = -cells; c <= cells; c++) {
          const f = [a, b, c].map((n, k) => fractional[3 * j + k] - fractional[3 * origin + k] + n);
          const d = Math.hypot(
            ...[0, 1, 2].map((k) => f[0] * lattice[k] + f[1] * lattice[3 + k] + f[2] * lattice[6 + k]),
          );
          if (d <= radius && !(j === origin && a === 0 && b === 0 && c === 0)) found.push(d);
        }
  return found.sort((a, b) => a - b);
}

describe('expected nearest distance', () => {
  it('is the shortest distance to fully occupied targets, however far', () => {
    const lone = crystal('lone', cube(30), [['Li', [0, 0, 0]]]);
    expect(expectedNearestDistance(new NeighborSearch(lone), 0, Float64Array.of(1))).toBeCloseTo(30, 12);
  });

  it('weighs each target with its occupancy and the vacancy of all closer ones', () => {
    const row = crystal(
      'row',
      [
        [8, 0, 0],
        [0, 50, 0],
        [0, 0, 50],
      ],
      [
        ['Li', [0, 0, 0]],
        ['F', [1 / 8, 0, 0], 0.5],
        ['F', [3 / 8, 0, 0], 0.25],
        ['F', [6 / 8, 0, 0]],
      ],
    );
    // at 1 Å: 0.5, at 2 Å (the full one in the next cell): the rest; the one at 3 Å never is the nearest
    expect(expectedNearestDistance(new NeighborSearch(row), 0, Float64Array.of(0, 0.5, 0.25, 1))).toBeCloseTo(1.5, 12);
  });

  it('ignores targets that are too close', () => {
    const pair = crystal('pair', cube(8), [
      ['Li', [0, 0, 0]],
      ['Li', [1 / 8, 0, 0]],
    ]);
    const search = new NeighborSearch(pair);
    expect(expectedNearestDistance(search, 0, Float64Array.of(1, 1))).toBeCloseTo(1, 12);
    expect(expectedNearestDistance(search, 0, Float64Array.of(1, 1), 1.5)).toBeCloseTo(7, 12);
  });

  it('are refused where a cell is so skewed that millions of images lie around the sphere', () => {
    const vectors = [
      [3, 0, 0],
      [2100, 3, 0],
      [-1500, 3300, 3],
    ];
    const search = new NeighborSearch(crystal('skewed', vectors, [['Li', [0, 0, 0]]]));
    expect(() => search.within(0, 40, Float64Array.of(1))).toThrow('so skewed that its neighbours are not found');
  });
});
