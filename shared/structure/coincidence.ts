import { inverseLattice, transform } from './lattice.ts';

/**
 * Images of one atom nearer than this (Å) are one atom on a special position, and atoms of different rows share a site.
 * Coordinates rounded to three decimals (1/3 as 0.333) miss a special position by less in cells up to 30 Å; of the 254
 * OBELiX structures, whose images coincide within 0.001 Å, the closest real split is 0.04 Å.
 */
export const SAME_SITE = 0.02;

/** A difference of fractional coordinates modulo 1, in [-0.5, 0.5]. */
export function nearestImage(difference: number): number {
  return difference - Math.round(difference);
}

/** Whether a coordinate is fractional and not Cartesian: molecules reach out of the cell, hardly by three of its lengths. */
export function isFractional(x: number): boolean {
  return x >= -4 && x <= 3;
}

/** A fractional coordinate modulo 1, in [0, 1). */
export function intoCell(x: number): number {
  const inCell = x - Math.floor(x);
  return inCell === 1 ? 0 : inCell; // -1e-17 rounds up to 1
}

/**
 * Pairs of positions that coincide, periodic images included. Sorted by their first coordinate, each is compared only with
 * those within reach.
 *
 * @param fractional shape (positions, 3) row-major, each in [0, 1)
 * @param lattice shape (3, 3) row-major, Å; its planes much further apart than the tolerance
 * @param tolerance Å, exclusive
 */
export function* coincidentPairs(
  fractional: Float64Array,
  lattice: Float64Array,
  tolerance: number,
): Generator<readonly [number, number]> {
  const count = fractional.length / 3;
  const order = Array.from({ length: count }, (_, i) => i).sort((i, j) => fractional[3 * i] - fractional[3 * j]);
  const inverse = inverseLattice(lattice);
  const reach = [0, 1, 2].map((k) => tolerance * Math.hypot(inverse[k], inverse[3 + k], inverse[6 + k]));
  for (let p = 0; p < count; p++) {
    const i = order[p];
    for (let next = p + 1; next < p + count; next++) {
      const j = order[next % count];
      const x = fractional[3 * j] - fractional[3 * i] + (next < count ? 0 : 1);
      if (x > reach[0]) break;
      const y = nearestImage(fractional[3 * j + 1] - fractional[3 * i + 1]);
      const z = nearestImage(fractional[3 * j + 2] - fractional[3 * i + 2]);
      const isInReach = Math.abs(y) <= reach[1] && Math.abs(z) <= reach[2];
      if (isInReach && Math.hypot(...transform(nearestImage(x), y, z, lattice)) < tolerance)
        yield [Math.min(i, j), Math.max(i, j)];
    }
  }
}

/**
 * Site numbers in which atoms at one position are equal: the lowest index among them.
 *
 * @param fractional shape (positions, 3) row-major, each in [0, 1)
 * @param lattice shape (3, 3) row-major, Å
 */
export function sharedSites(fractional: Float64Array, lattice: Float64Array): Uint32Array {
  const sites = Uint32Array.from({ length: fractional.length / 3 }, (_, i) => i);
  const root = (i: number): number => {
    let site = i;
    while (sites[site] !== site) site = sites[site];
    return site;
  };
  for (const [i, j] of coincidentPairs(fractional, lattice, SAME_SITE)) {
    const [first, second] = [root(i), root(j)];
    sites[Math.max(first, second)] = Math.min(first, second);
  }
  return sites.map((_, i) => root(i));
}
