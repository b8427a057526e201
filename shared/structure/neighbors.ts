import { DescriptorUndefinedError } from '../errors.ts';
import { MAX_NEIGHBORS, MAX_VISITED, MAX_VISITED_PER_PAIR } from '../limits.ts';
import { AtomWindows } from './atom-windows.ts';
import { planeSpacings, signedVolume } from './lattice.ts';
import type { Structure } from './structure.ts';

/** Slack in Å on every inclusive cutoff, so that rounding does not decide whether a pair at the cutoff counts. */
const DISTANCE_TOLERANCE = 1e-8;

/** From so many atoms on it is faster to ask first which of them are near. */
const WINDOWED = 20;

/**
 * Periodic neighbour search in one structure. The last result stands in {@link count}, {@link to} and
 * {@link distances}; the next search overwrites it.
 */
export class NeighborSearch {
  count = 0; // pairs found by the last search
  to = new Uint32Array(256); // occupant index of each neighbour, first `count` entries
  distances = new Float64Array(256); // Å, first `count` entries
  private readonly structure: Structure;
  private readonly volume: number; // Å³
  private visited = 0; // positions, by all searches
  private readonly heights: readonly number[]; // shape (3,): Å between opposite faces of the cell
  private readonly reach = new Float64Array(3); // of the search, in fractions of the cell vectors
  private readonly windows: AtomWindows | undefined;

  constructor(structure: Structure) {
    this.structure = structure;
    this.volume = Math.abs(signedVolume(structure.lattice));
    this.heights = planeSpacings(structure.lattice);
    if (structure.atomicNumbers.length >= WINDOWED) this.windows = new AtomWindows(structure.fractional);
  }

  /**
   * Find all occupants and periodic images within a radius of one occupant, itself and the other occupants of its own
   * site left out, their images included. Visits exactly the image cells that the heights of the cell allow.
   *
   * @param origin occupant index
   * @param radius inclusive, Å
   * @param weights shape (occupants,): only occupants of weight > 0 are looked for
   * @throws {DescriptorUndefinedError} if the sphere holds more than a million atoms, or all searches would take too long
   */
  within(origin: number, radius: number, weights: Float64Array): void {
    const occupants = weights.length;
    const reach = radius + DISTANCE_TOLERANCE;
    this.checkSize(reach, occupants);
    for (let axis = 0; axis < 3; axis++) this.reach[axis] = reach / this.heights[axis];
    this.count = 0;
    if (this.windows === undefined) {
      for (let j = 0; j < occupants; j++) if (weights[j] > 0) this.addImages(origin, j, reach);
      return;
    }
    const { fractional } = this.structure;
    const { words } = this.windows;
    this.windows.open(fractional.subarray(3 * origin, 3 * origin + 3), this.reach);
    for (let w = 0; w < words.length; w++)
      // bits from the lowest on, so that neighbours come in the order of the occupants
      for (let bits = words[w]; bits !== 0; bits &= bits - 1) {
        const j = 32 * w + 31 - Math.clz32(bits & -bits);
        if (weights[j] > 0) this.addImages(origin, j, reach);
      }
  }

  /** Add the images of occupant j within the reach. No allocation. */
  private addImages(origin: number, j: number, reach: number): void {
    const { lattice, fractional, sites } = this.structure;
    const reachA = this.reach[0];
    const reachB = this.reach[1];
    const reachC = this.reach[2];
    const row = 2 * reachC + 1; // images along c at most
    const da = fractional[3 * j] - fractional[3 * origin];
    const db = fractional[3 * j + 1] - fractional[3 * origin + 1];
    const dc = fractional[3 * j + 2] - fractional[3 * origin + 2];
    const sameSite = sites[j] === sites[origin];
    const limit = reach * reach;
    let count = this.count;
    for (let na = Math.ceil(-reachA - da); na <= reachA - da; na++) {
      const a = da + na;
      for (let nb = Math.ceil(-reachB - db); nb <= reachB - db; nb++) {
        const b = db + nb;
        const x = a * lattice[0] + b * lattice[3];
        const y = a * lattice[1] + b * lattice[4];
        const z = a * lattice[2] + b * lattice[5];
        if (count + row > this.to.length) this.grow(count + row);
        for (let nc = Math.ceil(-reachC - dc); nc <= reachC - dc; nc++) {
          const c = dc + nc;
          const dx = x + c * lattice[6];
          const dy = y + c * lattice[7];
          const dz = z + c * lattice[8];
          const square = dx * dx + dy * dy + dz * dz;
          if (square > limit || (sameSite && na === 0 && nb === 0 && nc === 0)) continue;
          this.to[count] = j;
          this.distances[count++] = Math.sqrt(square);
        }
      }
    }
    this.count = count;
  }

  private checkSize(reach: number, occupants: number): void {
    const expected = ((4 / 3) * Math.PI * reach ** 3 * occupants) / this.volume;
    if (!(expected < MAX_NEIGHBORS))
      throw new DescriptorUndefinedError('a sphere of neighbours holds more than a million atoms', this.structure.id);
    // of a skewed cell many images lie in the box around the sphere and few inside
    this.visited += occupants * this.heights.reduce((cells, height) => cells * ((2 * reach) / height + 1), 1);
    if (!(this.visited < MAX_VISITED + MAX_VISITED_PER_PAIR * occupants ** 2))
      throw new DescriptorUndefinedError('the cell is so skewed that its neighbours are not found', this.structure.id);
  }

  private grow(least: number): void {
    const length = Math.max(2 * this.to.length, Math.ceil(least));
    const to = new Uint32Array(length);
    to.set(this.to);
    this.to = to;
    const distances = new Float64Array(length);
    distances.set(this.distances);
    this.distances = distances;
  }
}
