import type { NeighborSearch } from './neighbors.ts';

const START_RADIUS = 4; // Å
const GROWTH = 1.5;
const NEGLIGIBLE = 1e-6; // probability that everything found so far is vacant

/**
 * Expected distance from one occupant to its nearest target when every target is there with its own probability,
 * independently: the sum over targets in order of distance of d · p · Π(1 − p of the closer ones). With fully occupied
 * targets it is the shortest distance. There is no cutoff: the radius grows until the targets are certain.
 *
 * @param weights shape (occupants,): probability that the occupant is there, 0 = no target; at least one > 0
 * @param ignoreBelow pairs closer than this do not count, Å
 * @returns distance in Å
 * @throws {DescriptorUndefinedError} if that takes a sphere of more than a million atoms
 */
export function expectedNearestDistance(
  search: NeighborSearch,
  origin: number,
  weights: Float64Array,
  ignoreBelow = 0,
): number {
  for (let radius = START_RADIUS; ; radius *= GROWTH) {
    search.within(origin, radius, weights);
    const expected = expectation(search, weights, ignoreBelow);
    if (!Number.isNaN(expected)) return expected;
  }
}

/** NaN while the targets found leave more than a negligible chance that none is there. */
function expectation(search: NeighborSearch, weights: Float64Array, ignoreBelow: number): number {
  const { count, to, distances } = search;
  let nearest = -1;
  for (let k = 0; k < count; k++) {
    if (distances[k] >= ignoreBelow && (nearest < 0 || distances[k] < distances[nearest])) nearest = k;
  }
  if (nearest < 0) return Number.NaN;
  if (weights[to[nearest]] === 1) return distances[nearest];
  const order = new Uint32Array(count).map((_, k) => k).sort((a, b) => distances[a] - distances[b]);
  let vacant = 1;
  let sum = 0;
  for (const k of order) {
    if (distances[k] < ignoreBelow) continue;
    const first = vacant * weights[to[k]];
    sum += distances[k] * first;
    vacant -= first;
    if (vacant <= NEGLIGIBLE) return sum / (1 - vacant);
  }
  return Number.NaN;
}
