/** Slices of a cell along one of its vectors. */
const SLICES = 64;

/** Slack of a window, in fractions of a cell vector, far above what rounding may shift. */
const MARGIN = 1e-9;

const WORD = 32; // bits

/**
 * Which atoms may lie within some reach of a point, periodically: a cell list with one bit per atom. Along each cell
 * vector the sets of slices are summed (by exclusive or) over three periods, so that the set of any window of at most one
 * period is the difference of two sums, and what lies in all three windows the intersection of three such sets.
 */
export class AtomWindows {
  /** Atoms of the last window, one bit each, those of lower index first. */
  readonly words: Uint32Array;
  private readonly sums: readonly Uint32Array[]; // along a, b and c; shape (3 · SLICES + 1, words)

  /** @param fractional shape (atoms, 3) row-major, each in [0, 1) */
  constructor(fractional: Float64Array) {
    const width = Math.ceil(fractional.length / 3 / WORD);
    this.words = new Uint32Array(width);
    this.sums = [0, 1, 2].map((axis) => sliceSums(fractional, axis, width));
  }

  /**
   * Set {@link words} to a window: all atoms with an image within the reach along every cell vector, and few others.
   *
   * @param center fractional, each in [0, 1)
   * @param reach shape (3,): in fractions of the cell vectors
   */
  open(center: ArrayLike<number>, reach: ArrayLike<number>): void {
    const { words } = this;
    words.set(this.sums[0].subarray(SLICES * words.length, (SLICES + 1) * words.length)); // all atoms
    for (let axis = 0; axis < 3; axis++) {
      const half = reach[axis] + MARGIN;
      const first = Math.floor((center[axis] - half) * SLICES);
      const end = Math.floor((center[axis] + half) * SLICES) + 1;
      if (!(end - first < SLICES)) continue; // the whole cell
      const sums = this.sums[axis];
      const before = (first + SLICES) * words.length;
      const through = (end + SLICES) * words.length;
      for (let w = 0; w < words.length; w++) words[w] &= sums[before + w] ^ sums[through + w];
    }
  }
}

/** Row s: the atoms of slices 0 to s − 1, those of a slice taken out again where it comes a second time. */
function sliceSums(fractional: Float64Array, axis: number, width: number): Uint32Array {
  const sums = new Uint32Array((3 * SLICES + 1) * width);
  for (let i = 0, at = axis; at < fractional.length; i++, at += 3) {
    const slice = Math.min(SLICES - 1, Math.floor(fractional[at] * SLICES));
    for (let period = 0; period < 3; period++)
      sums[(period * SLICES + slice + 1) * width + Math.floor(i / WORD)] ^= 1 << (i % WORD);
  }
  for (let at = width; at < sums.length; at++) sums[at] ^= sums[at - width];
  return sums;
}
