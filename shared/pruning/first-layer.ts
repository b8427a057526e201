import type { StudentHead } from '../models/student-head.ts';

/**
 * The first layer of a student on a polytope of fractions, given its inputs at the vertices, and what of it reaches the
 * second: each input of the second layer at the vertices, a convex function above and a concave one below it.
 */
export class FirstLayer {
  /** Units that change sign: the first `changes`. */
  readonly changing: Int32Array;
  changes = 0;
  /** By unit: the most that the line below its output is below it. */
  readonly lost: Float64Array;
  /** By unit: slope of the line below its output, 0 or 1, where it changes sign. */
  readonly slopes: Float64Array;
  // vertices are filled up to a multiple of four with the last one, n in all
  changingInputs = new Float64Array(0); // of changing units, shape (n, changes)
  losses = new Float64Array(0); // of the lines below changing units, shape (n, changes)
  inputs = new Float64Array(0); // of the second layer, shape (second, n): exact
  above = new Float64Array(0); // same shape: convex, never below the input
  below = new Float64Array(0); // same shape: concave, never above the input
  readonly changingWeights: Float64Array; // shape (second, changes)
  private readonly head: StudentHead;
  private readonly stride: number; // of the rows of points
  private readonly units: Int32Array; // those that are positive somewhere: the first `live`
  private live = 0;
  private outputs = new Float64Array(0); // of live units, shape (n, live)
  private readonly bias: Float64Array; // shape (second + 1,): inputs are computed in pairs
  private readonly liveWeights: Float64Array; // shape (second, live)

  /** @param stride length of the rows of points, at least the width of the layer */
  constructor(head: StudentHead, stride: number) {
    const { first, second, secondBias } = head;
    this.head = head;
    this.stride = stride;
    this.bias = new Float64Array(second + 1);
    this.bias.set(secondBias);
    this.units = new Int32Array(first);
    this.changing = new Int32Array(first);
    this.slopes = new Float64Array(first);
    this.lost = new Float64Array(first);
    this.liveWeights = new Float64Array(first * (second + 1));
    this.changingWeights = new Float64Array(first * (second + 1));
  }

  /**
   * @param points rows that begin with the inputs of the layer, the polytope's from row `start`
   * @returns vertices with those that fill up
   */
  evaluate(points: Float64Array, start: number, count: number): number {
    this.sortUnits(points, start, count);
    const n = paddedCount(count);
    this.reserve(n);
    this.gatherOutputs(points, start, count, n);
    this.gatherWeights();
    for (let j = 0; j < this.head.second; j += 2) for (let v = 0; v < n; v += 4) this.multiply(j, v, n);
    return n;
  }

  /** Which units of the first layer are positive somewhere, and which change sign. */
  private sortUnits(points: Float64Array, start: number, count: number): void {
    const { stride } = this;
    this.live = 0;
    this.changes = 0;
    for (let h = 0; h < this.head.first; h++) {
      let low = Infinity;
      let high = -Infinity;
      for (let v = start; v < start + count; v++) {
        const value = points[v * stride + h];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high <= 0) continue;
      this.units[this.live++] = h;
      if (low >= 0) continue;
      this.changing[this.changes++] = h;
      this.slopes[h] = high > -low ? 1 : 0;
      this.lost[h] = Math.min(high, -low);
    }
  }

  private reserve(n: number): void {
    if (n * this.head.first <= this.outputs.length) return;
    const { first, second } = this.head;
    [this.outputs, this.losses, this.changingInputs] = [0, 0, 0].map(() => new Float64Array(2 * n * first));
    [this.inputs, this.above, this.below] = [0, 0, 0].map(() => new Float64Array(2 * n * (second + 1)));
  }

  private gatherOutputs(points: Float64Array, start: number, count: number, n: number): void {
    const { units, live, outputs, changing, changes, changingInputs, losses, slopes, stride } = this;
    for (let v = 0; v < n; v++) {
      const row = (start + Math.min(v, count - 1)) * stride;
      for (let i = 0; i < live; i++) outputs[v * live + i] = Math.max(points[row + units[i]], 0);
      for (let i = 0; i < changes; i++) {
        const input = points[row + changing[i]];
        changingInputs[v * changes + i] = input;
        losses[v * changes + i] = Math.max(input, 0) - slopes[changing[i]] * input;
      }
    }
  }

  private gatherWeights(): void {
    const { second, secondWeights } = this.head;
    const { units, live, liveWeights, changing, changes, changingWeights } = this;
    for (let j = 0; j < second; j++) {
      for (let i = 0; i < live; i++) liveWeights[j * live + i] = secondWeights[units[i] * second + j];
      for (let i = 0; i < changes; i++) changingWeights[j * changes + i] = secondWeights[changing[i] * second + j];
    }
  }

  /** Two inputs of the second layer at four vertices: most of the time goes here, so that values are used twice or more. */
  private multiply(j: number, v: number, n: number): void {
    const { live, outputs, liveWeights, inputs } = this;
    let [a, e] = [this.bias[j], this.bias[j + 1]];
    let [b, c, d, f, g, h] = [a, a, a, e, e, e];
    const end = (j + 1) * live;
    for (let w = j * live, i = v * live; w < end; w++, i++) {
      const x = liveWeights[w];
      const y = liveWeights[w + live];
      const p = outputs[i];
      const q = outputs[i + live];
      const r = outputs[i + 2 * live];
      const s = outputs[i + 3 * live];
      a += x * p;
      b += x * q;
      c += x * r;
      d += x * s;
      e += y * p;
      f += y * q;
      g += y * r;
      h += y * s;
    }
    const at = j * n + v;
    inputs[at] = a;
    inputs[at + 1] = b;
    inputs[at + 2] = c;
    inputs[at + 3] = d;
    inputs[at + n] = e;
    inputs[at + n + 1] = f;
    inputs[at + n + 2] = g;
    inputs[at + n + 3] = h;
    this.widen(j, v, n);
    this.widen(j, v + 2, n);
  }

  /** Two inputs at two vertices: losses with negative weights raise what is above, the others lower what is below. */
  private widen(j: number, v: number, n: number): void {
    const { changes, losses, changingWeights, inputs, above, below } = this;
    let [a, b, c, d] = [0, 0, 0, 0]; // sums of all
    let [e, f, g, h] = [0, 0, 0, 0]; // sums of magnitudes
    const end = (j + 1) * changes;
    for (let w = j * changes, i = v * changes; w < end; w++, i++) {
      const x = changingWeights[w];
      const y = changingWeights[w + changes];
      const p = losses[i];
      const q = losses[i + changes];
      a += x * p;
      b += x * q;
      c += y * p;
      d += y * q;
      e += Math.abs(x) * p;
      f += Math.abs(x) * q;
      g += Math.abs(y) * p;
      h += Math.abs(y) * q;
    }
    const at = j * n + v;
    above[at] = inputs[at] + (e - a) / 2;
    above[at + 1] = inputs[at + 1] + (f - b) / 2;
    above[at + n] = inputs[at + n] + (g - c) / 2;
    above[at + n + 1] = inputs[at + n + 1] + (h - d) / 2;
    below[at] = inputs[at] - (e + a) / 2;
    below[at + 1] = inputs[at + 1] - (f + b) / 2;
    below[at + n] = inputs[at + n] - (g + c) / 2;
    below[at + n + 1] = inputs[at + n + 1] - (h + d) / 2;
  }
}

/** Vertices are taken four at a time. */
export function paddedCount(count: number): number {
  return (count + 3) & ~3;
}
