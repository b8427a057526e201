import { inverseLattice, transform } from './lattice.ts';

/** A difference of fractional coordinates modulo 1, in [-0.5, 0.5]. */
export function nearestImage(difference: number): number {
  return difference - Math.round(difference);
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
