import { bitCount } from './bits.ts';

/** A vertex this close to a plane lies on it. Counting one as such that does not only makes a part larger. */
const ON_PLANE = 1e-12;

/**
 * Convex polytopes as lists of vertices, one above the other on a stack: a part that a plane cuts off is put on top and
 * given up again when it is done with. A vertex knows the planes that it lies on, as bits of an integer: two vertices
 * can share an edge only if they share enough planes (double description; Fukuda and Prodon 1996,
 * doi:10.1007/3-540-61576-8_77).
 */
export class VertexStack {
  readonly width: number; // coordinates of a vertex
  points = new Float64Array(0); // shape (capacity, width)
  planes = new Int32Array(0); // shape (capacity,)
  /** Signed distance, in any unit, from the plane that is to cut. Shape (capacity,). */
  sides = new Float64Array(0);

  constructor(width: number) {
    this.width = width;
    this.reserve(64);
  }

  /** Make room for so many vertices in all. */
  reserve(vertices: number): void {
    if (vertices <= this.planes.length) return;
    const capacity = Math.max(vertices, 2 * this.planes.length);
    const { points, planes, sides } = this;
    this.points = new Float64Array(capacity * this.width);
    this.planes = new Int32Array(capacity);
    this.sides = new Float64Array(capacity);
    this.points.set(points);
    this.planes.set(planes);
    this.sides.set(sides);
  }

  /**
   * Put the part of a polytope on one side of a plane on top of it.
   *
   * @param start first vertex of the polytope, the last on the stack; `sides` of its vertices are set
   * @param sign 1 for the part with sides >= 0, -1 for the other
   * @param plane bit of the plane
   * @param shared planes that the ends of an edge have in common, at least
   * @returns vertices of the part, which contains the exact one; it may have vertices that are no corners
   */
  cut(start: number, count: number, sign: 1 | -1, plane: number, shared: number): number {
    const end = start + count;
    let next = end;
    for (let i = start; i < end; i++) {
      const inside = sign * this.sides[i];
      if (inside < -ON_PLANE) continue;
      next = this.push(next, i, i, 0, inside <= ON_PLANE ? this.planes[i] | plane : this.planes[i]);
      if (inside <= ON_PLANE) continue;
      for (let j = start; j < end; j++) {
        const outside = sign * this.sides[j];
        if (outside >= -ON_PLANE) continue;
        const common = this.planes[i] & this.planes[j];
        if (bitCount(common) < shared || this.isInLargerFace(start, end, i, j, common)) continue;
        next = this.push(next, i, j, inside / (inside - outside), common | plane);
      }
    }
    return next - end;
  }

  /** Whether the planes that two vertices share meet in a third one, so that there is no edge between them. */
  private isInLargerFace(start: number, end: number, i: number, j: number, common: number): boolean {
    for (let v = start; v < end; v++) if (v !== i && v !== j && (this.planes[v] & common) === common) return true;
    return false;
  }

  /** Write the point that lies so far from vertex i to vertex j. */
  private push(at: number, i: number, j: number, share: number, planes: number): number {
    this.reserve(at + 1);
    const { points, width } = this;
    const [to, from, towards] = [at * width, i * width, j * width];
    for (let c = 0; c < width; c++) {
      const value = points[from + c];
      points[to + c] = value + share * (points[towards + c] - value);
    }
    this.planes[at] = planes;
    return at + 1;
  }
}
