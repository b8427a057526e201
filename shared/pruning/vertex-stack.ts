import { bitCount, lowestBit } from '../space/stoichiometries/bits.ts';

/** A vertex this close to a plane lies on it. Counting one as such that does not only makes a part larger. */
const ON_PLANE = 1e-12;

/**
 * Convex polytopes as lists of vertices, one above the other on a stack: a part that a plane cuts off is put on top and
 * given up again when it is done with. A vertex knows the planes that it lies on, as bits of two integers: two vertices
 * can share an edge only if they share enough planes (double description; Fukuda and Prodon 1996,
 * doi:10.1007/3-540-61576-8_77).
 */
export class VertexStack {
  readonly width: number; // coordinates of a vertex
  points = new Float64Array(0); // shape (capacity, width)
  planes = new Int32Array(0); // shape (capacity, 2)
  /** Signed distance, in any unit, from the plane that is to cut. Shape (capacity,). */
  sides = new Float64Array(0);

  constructor(width: number) {
    this.width = width;
    this.reserve(64);
  }

  /** Make room for so many vertices in all. */
  reserve(vertices: number): void {
    if (vertices <= this.sides.length) return;
    const capacity = Math.max(vertices, 2 * this.sides.length);
    const { points, planes, sides } = this;
    this.points = new Float64Array(capacity * this.width);
    this.planes = new Int32Array(2 * capacity);
    this.sides = new Float64Array(capacity);
    this.points.set(points);
    this.planes.set(planes);
    this.sides.set(sides);
  }

  /**
   * Number of a plane that no vertex of a polytope is on; it is taken from a vertex if need be that is alone on one, since
   * no edge lies in that.
   *
   * @returns -1 if there is none
   */
  freePlane(start: number, count: number): number {
    for (let word = 0; word < 2; word++) {
      let once = 0;
      let twice = 0;
      for (let v = start; v < start + count; v++) {
        const planes = this.planes[2 * v + word];
        twice |= once & planes;
        once |= planes;
      }
      const free = ~(word === 0 && once === -1 ? once : twice);
      if (free === 0) continue;
      for (let v = start; v < start + count; v++) this.planes[2 * v + word] &= ~(free & -free);
      return 32 * word + lowestBit(free);
    }
    return -1;
  }

  /** Whether there are vertices on both sides of the plane that is to cut. */
  isCut(start: number, count: number): boolean {
    let low = 0;
    let high = 0;
    for (let v = start; v < start + count; v++) {
      low = Math.min(low, this.sides[v]);
      high = Math.max(high, this.sides[v]);
    }
    return low < -ON_PLANE && high > ON_PLANE;
  }

  /**
   * Put the part of a polytope on one side of a plane on top of it.
   *
   * @param start first vertex of the polytope, the last on the stack; `sides` of its vertices are set
   * @param sign 1 for the part with sides >= 0, -1 for the other
   * @param plane number of the plane, below 64, which no vertex is on yet
   * @param shared planes that the ends of an edge have in common, at least
   * @returns vertices of the part
   */
  cut(start: number, count: number, sign: 1 | -1, plane: number, shared: number): number {
    const end = start + count;
    const low = plane < 32 ? 1 << plane : 0;
    const high = plane < 32 ? 0 : 1 << (plane - 32);
    let next = end;
    for (let i = start; i < end; i++) {
      const inside = sign * this.sides[i];
      if (inside < -ON_PLANE) continue;
      const a = this.planes[2 * i];
      const b = this.planes[2 * i + 1];
      const isOn = inside <= ON_PLANE;
      next = this.push(next, i, i, 0, isOn ? a | low : a, isOn ? b | high : b);
      if (!isOn) next = this.cutEdges(next, start, end, i, sign, low, high, shared);
    }
    return next - end;
  }

  /** Put the points on top in which the plane cuts the edges from vertex i, which is inside, to those outside. */
  private cutEdges(
    top: number,
    start: number,
    end: number,
    i: number,
    sign: 1 | -1,
    low: number,
    high: number,
    shared: number,
  ): number {
    let next = top;
    const inside = sign * this.sides[i];
    for (let j = start; j < end; j++) {
      const outside = sign * this.sides[j];
      if (outside >= -ON_PLANE) continue;
      const c = this.planes[2 * i] & this.planes[2 * j];
      const d = this.planes[2 * i + 1] & this.planes[2 * j + 1];
      if (bitCount(c) + bitCount(d) < shared || this.isInLargerFace(start, end, i, j, c, d)) continue;
      next = this.push(next, i, j, inside / (inside - outside), c | low, d | high);
    }
    return next;
  }

  /** Whether the planes that two vertices share meet in a third one, so that there is no edge between them. */
  private isInLargerFace(start: number, end: number, i: number, j: number, low: number, high: number): boolean {
    const { planes } = this;
    for (let v = start; v < end; v++)
      if ((planes[2 * v] & low) === low && (planes[2 * v + 1] & high) === high && v !== i && v !== j) return true;
    return false;
  }

  /** Write the point that lies so far from vertex i to vertex j. */
  private push(at: number, i: number, j: number, share: number, low: number, high: number): number {
    this.reserve(at + 1);
    const { points, width } = this;
    const to = at * width;
    const from = i * width;
    const towards = j * width;
    for (let c = 0; c < width; c++) {
      const value = points[from + c];
      points[to + c] = value + share * (points[towards + c] - value);
    }
    this.planes[2 * at] = low;
    this.planes[2 * at + 1] = high;
    return at + 1;
  }
}
