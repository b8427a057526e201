import { DescriptorUndefinedError } from '../errors.ts';
import { MAX_NEIGHBORS, MAX_VISITED, MAX_VISITED_PER_PAIR } from '../limits.ts';
import { planeSpacings, signedVolume } from './lattice.ts';
import type { Structure } from './structure.ts';

/** Slack in Å on every inclusive cutoff, so that rounding does not decide whether a pair at the cutoff counts. */
const DISTANCE_TOLERANCE = 1e-8;

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

  constructor(structure: Structure) {
    this.structure = structure;
    this.volume = Math.abs(signedVolume(structure.lattice));
    this.heights = planeSpacings(structure.lattice);
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
    const { fractional, sites, atomicNumbers } = this.structure;
    const reach = radius + DISTANCE_TOLERANCE;
    this.checkSize(reach, atomicNumbers.length);
    const fa = fractional[3 * origin];
    const fb = fractional[3 * origin + 1];
    const fc = fractional[3 * origin + 2];
    const site = sites[origin];
    this.count = 0;
    for (let j = 0; j < atomicNumbers.length; j++) {
      if (!(weights[j] > 0)) continue;
      this.addImages(
        j,
        fractional[3 * j] - fa,
        fractional[3 * j + 1] - fb,
        fractional[3 * j + 2] - fc,
        reach,
        sites[j] === site,
      );
    }
  }

  /** Add the images of one occupant, displaced by (da, db, dc) in fractions of the cell vectors. No allocation. */
  private addImages(j: number, da: number, db: number, dc: number, reach: number, sameSite: boolean): void {
    const { lattice } = this.structure;
    const reachA = reach / this.heights[0];
    const reachB = reach / this.heights[1];
    const reachC = reach / this.heights[2];
    const limit = reach * reach;
    let count = this.count;
    for (let na = Math.ceil(-reachA - da); na <= reachA - da; na++) {
      const a = da + na;
      for (let nb = Math.ceil(-reachB - db); nb <= reachB - db; nb++) {
        const b = db + nb;
        const x = a * lattice[0] + b * lattice[3];
        const y = a * lattice[1] + b * lattice[4];
        const z = a * lattice[2] + b * lattice[5];
        for (let nc = Math.ceil(-reachC - dc); nc <= reachC - dc; nc++) {
          const c = dc + nc;
          const dx = x + c * lattice[6];
          const dy = y + c * lattice[7];
          const dz = z + c * lattice[8];
          const square = dx * dx + dy * dy + dz * dz;
          if (square > limit || (sameSite && na === 0 && nb === 0 && nc === 0)) continue;
          if (count === this.to.length) this.grow();
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

  private grow(): void {
    const to = new Uint32Array(2 * this.to.length);
    to.set(this.to);
    this.to = to;
    const distances = new Float64Array(2 * this.distances.length);
    distances.set(this.distances);
    this.distances = distances;
  }
}
