import type { StudentHead } from '../models/student-head.ts';
import { CellBound } from './cell-bound.ts';
import type { FractionPolytope } from './neutral-fractions.ts';
import { VertexStack } from './vertex-stack.ts';

const ROUNDING = 2 ** -24; // of one operation in single precision, relative
const MOST_VERTICES = 256; // of a polytope that is cut on

/** A vertex whose amounts differ by so much more than they can is cut off. */
const OUTSIDE = 1e-6;
/** Vectors of systems may come from products of other shapes: so far, of the greatest component, they may differ. */
const ENCODER_ROUNDING = 2 ** -16;

/** Proves that a student scores no composition of a system of `arity` elements as high as a threshold. */
export class LogitBound {
  /** Polytopes bounded so far. */
  cells = 0;
  private readonly head: StudentHead;
  private readonly arity: number;
  private readonly maxCoefficient: number;
  private readonly cell: CellBound;
  private readonly stack: VertexStack; // of a vertex, the inputs of the first layer and the fractions
  private readonly influence: Float64Array; // shape (first,): Σ |second weight · last weight|
  private readonly magnitude: number; // Σ |second bias · last weight| + |last bias|
  private threshold = 0;
  private most = 0; // cells to be bounded, with those before

  /** @param maxCoefficient the greatest amount of an element */
  constructor(head: StudentHead, arity: number, maxCoefficient: number) {
    const { first, second, secondWeights, secondBias, last, lastBias } = head;
    this.head = head;
    this.arity = arity;
    this.maxCoefficient = maxCoefficient;
    this.cell = new CellBound(head, first + arity);
    this.stack = new VertexStack(first + arity);
    this.influence = new Float64Array(first);
    for (let h = 0; h < first; h++)
      for (let j = 0; j < second; j++) this.influence[h] += Math.abs(secondWeights[h * second + j] * last[j]);
    this.magnitude = last.reduce((sum, weight, j) => sum + Math.abs(weight * secondBias[j]), Math.abs(lastBias));
  }

  /**
   * Whether it is proved that every logit of a system, as ONNX Runtime computes it, is below a threshold.
   *
   * @param vectors of the system's elements; that of element e begins at `from + e · stride`
   * @param polytopes that contain its fractions
   * @param cells polytopes to bound at most; if they do not suffice, nothing is proved
   */
  isBelow(
    threshold: number,
    vectors: Float32Array,
    from: number,
    stride: number,
    polytopes: readonly FractionPolytope[],
    cells: number,
  ): boolean {
    this.most = this.cells + cells;
    this.threshold = threshold - this.roundingError(vectors, from, stride);
    return polytopes.every((polytope) => {
      this.put(polytope, vectors, from, stride);
      return this.prove(0, polytope.planes.length / 2);
    });
  }

  /**
   * The most that a logit in single precision can differ from that in exact arithmetic with the vectors given, whatever
   * the order of the sums: n operations have a relative error of n·u / (1 − n·u) of the sum of magnitudes (Higham, Accuracy
   * and Stability of Numerical Algorithms, section 3.1). The bound's own error, in double precision, is far smaller than
   * the few operations that are counted in excess.
   */
  private roundingError(vectors: Float32Array, from: number, stride: number): number {
    const { first, second } = this.head;
    let [magnitude, greatest, influence] = [this.magnitude, 0, 0];
    for (let h = 0; h < first; h++) {
      let most = 0;
      for (let e = 0; e < this.arity; e++) most = Math.max(most, Math.abs(vectors[from + e * stride + h]));
      greatest = Math.max(greatest, most);
      magnitude += this.influence[h] * most;
      influence += this.influence[h];
    }
    const relative = (first + second + this.arity + 16) * ROUNDING;
    return (relative / (1 - relative)) * magnitude + ENCODER_ROUNDING * greatest * influence;
  }

  /** Put the vertices of a polytope on the empty stack. */
  private put({ vertices, planes }: FractionPolytope, vectors: Float32Array, from: number, stride: number): void {
    const { arity, stack } = this;
    const { first } = this.head;
    const count = planes.length / 2;
    stack.reserve(count);
    stack.planes.set(planes);
    const { points, width } = stack;
    for (let v = 0; v < count; v++) {
      const to = v * width;
      points.fill(0, to, to + first);
      for (let e = 0; e < arity; e++) {
        const fraction = vertices[v * arity + e];
        const row = from + e * stride;
        points[to + first + e] = fraction;
        for (let h = 0; h < first; h++) points[to + h] += fraction * vectors[row + h];
      }
    }
  }

  /** Whether all logits of the topmost polytope are below the threshold. */
  private prove(start: number, count: number): boolean {
    const { cell, stack } = this;
    if (this.cells === this.most) return false;
    this.cells++;
    cell.evaluate(stack.points, start, count);
    if (cell.bound < this.threshold) return true;
    if (count > MOST_VERTICES) return false;
    // no bound can be below what a composition reaches; but there may be no such amounts
    if (cell.highest >= this.threshold)
      return this.cutOff(start, count, cell.highestAt) && this.provePart(start, count, 1);
    if (!cell.chooseCut(stack.points, start, count, stack.sides) || !stack.isCut(start, count)) return false;
    return this.provePart(start, count, 1) && this.provePart(start, count, -1);
  }

  private provePart(start: number, count: number, sign: 1 | -1): boolean {
    const plane = this.stack.freePlane(start, count);
    if (plane < 0) return false;
    const part = this.stack.cut(start, count, sign, plane, this.arity - 2);
    return part === 0 || this.prove(start + count, part);
  }

  /**
   * If a vertex has a fraction that is more than the largest amount times another one, set the sides by this rule.
   *
   * @param vertex counted from the polytope's first
   */
  private cutOff(start: number, count: number, vertex: number): boolean {
    const { points, sides, width } = this.stack;
    const { first } = this.head;
    const at = (start + Math.min(vertex, count - 1)) * width;
    let [high, low] = [first, first];
    for (let c = first + 1; c < width; c++) {
      if (points[at + c] > points[at + high]) high = c;
      if (points[at + c] < points[at + low]) low = c;
    }
    if (points[at + high] <= this.maxCoefficient * points[at + low] + OUTSIDE) return false;
    for (let v = start; v < start + count; v++)
      sides[v] = this.maxCoefficient * points[v * width + low] - points[v * width + high];
    return true; // the vertex is beyond the plane, so that the part is smaller
  }
}
