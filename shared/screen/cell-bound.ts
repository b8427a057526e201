import type { StudentHead } from '../student/student-head.ts';

/** A unit of the first layer that loses less than this in the logit is taken for linear. */
const LEAST_LOSS = 1e-7;

/**
 * Bounds a student's logit from above on one polytope of fractions, given the first layer's inputs at its vertices.
 *
 * These inputs are affine in the fractions, so a sum of the first layer's outputs with positive weights is convex and
 * highest at a vertex: nothing is lost. An output with a negative weight is replaced by a line below it, of slope 0 or 1.
 * So every input of the second layer lies between a concave and a convex function that are known at the vertices. From
 * these follow two bounds on the logit, of which the better one counts: with the second layer's outputs of positive weight
 * as they are, or under their chords, so that what cancels out over its units does (linear relaxation as in Zhang et al.
 * 2018, arXiv:1811.00866, with convexity used where there is any).
 */
export class CellBound {
  /** No logit in the polytope is above this. */
  bound = 0;
  /** Vertex, counted from the polytope's first, where the bound is. */
  boundAt = 0;
  /** The highest logit at a vertex. */
  highest = 0;
  /** Vertex, counted from the polytope's first, with that logit. */
  highestAt = 0;
  private readonly head: StudentHead;
  private readonly stride: number; // of the rows of points
  private readonly units: Int32Array; // of the first layer: those that are positive somewhere
  private live = 0;
  private readonly changing: Int32Array; // of the first layer: those that change sign
  private changes = 0;
  private readonly slopes: Float64Array; // shape (first,), of the line below an output, for those that change sign
  private readonly lost: Float64Array; // shape (first,), the most that the line is below the output
  private readonly weightInLogit: Float64Array; // shape (changes,)
  private readonly liveWeights: Float64Array; // shape (second, live)
  private readonly changingWeights: Float64Array; // shape (second, changes)
  // vertices are filled up to a multiple of four with the last one, n in all
  private outputs = new Float64Array(0); // of live units, shape (n, live)
  private losses = new Float64Array(0); // of the lines below changing units, shape (n, changes)
  private inputs = new Float64Array(0); // of the second layer, shape (second, n): exact
  private above = new Float64Array(0); // same shape: convex, never below the input
  private below = new Float64Array(0); // same shape: concave, never above the input
  private sums = new Float64Array(0); // shape (n,)
  private readonly lowest: Float64Array; // shape (second,), of `below`
  private readonly greatest: Float64Array; // shape (second,), of `above`
  private readonly chords: Float64Array; // shape (second,), weight of an input in the logit
  private readonly lines: Float64Array; // shape (second,), slope of the line below an output

  /** @param stride length of the rows of points, at least the width of the first layer */
  constructor(head: StudentHead, stride: number) {
    const { first, second } = head;
    this.head = head;
    this.stride = stride;
    [this.units, this.changing] = [new Int32Array(first), new Int32Array(first)];
    [this.slopes, this.lost, this.weightInLogit] = [0, 0, 0].map(() => new Float64Array(first));
    [this.liveWeights, this.changingWeights] = [0, 0].map(() => new Float64Array(first * second));
    [this.lowest, this.greatest, this.chords, this.lines] = [0, 0, 0, 0].map(() => new Float64Array(second));
  }

  /**
   * Set the bound and the highest logit of a vertex.
   *
   * @param points rows that begin with the inputs of the first layer, the polytope's from row `start`
   */
  evaluate(points: Float64Array, start: number, count: number): void {
    this.sortUnits(points, start, count);
    const n = (count + 3) & ~3;
    this.reserve(n);
    this.gatherOutputs(points, start, count, n);
    this.gatherWeights();
    for (let j = 0; j < this.head.second; j++) for (let v = 0; v < n; v += 4) this.multiply(j, v, n);
    this.relaxSecondLayer(n);
    this.bound = Infinity;
    this.boundByChords(n);
    this.boundByVertices(n);
    this.findHighest(n);
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
    if (n <= this.sums.length) return;
    const { first, second } = this.head;
    [this.outputs, this.losses] = [0, 0].map(() => new Float64Array(2 * n * first));
    [this.inputs, this.above, this.below] = [0, 0, 0].map(() => new Float64Array(2 * n * second));
    this.sums = new Float64Array(2 * n);
  }

  private gatherOutputs(points: Float64Array, start: number, count: number, n: number): void {
    const { units, live, outputs, changing, changes, losses, slopes, stride } = this;
    for (let v = 0; v < n; v++) {
      const row = (start + Math.min(v, count - 1)) * stride;
      for (let i = 0; i < live; i++) outputs[v * live + i] = Math.max(points[row + units[i]], 0);
      for (let i = 0; i < changes; i++) {
        const input = points[row + changing[i]];
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

  /** One input of the second layer at four vertices, with what is above and below it. */
  private multiply(j: number, v: number, n: number): void {
    const { live, outputs, liveWeights, inputs } = this;
    let a = this.head.secondBias[j];
    let b = a;
    let c = a;
    let d = a;
    const end = (j + 1) * live;
    let i = v * live;
    for (let w = j * live; w < end; w++, i++) {
      const weight = liveWeights[w];
      a += weight * outputs[i];
      b += weight * outputs[i + live];
      c += weight * outputs[i + 2 * live];
      d += weight * outputs[i + 3 * live];
    }
    const at = j * n + v;
    inputs[at] = a;
    inputs[at + 1] = b;
    inputs[at + 2] = c;
    inputs[at + 3] = d;
    this.widen(j, v, at);
    this.widen(j, v + 2, at + 2);
  }

  /** At two vertices: losses with negative weights raise what is above an input, the others lower what is below it. */
  private widen(j: number, v: number, at: number): void {
    const { changes, losses, changingWeights, inputs, above, below } = this;
    let a = 0; // sums of all
    let b = 0;
    let c = 0; // sums of magnitudes
    let d = 0;
    const end = (j + 1) * changes;
    let i = v * changes;
    for (let w = j * changes; w < end; w++, i++) {
      const weight = changingWeights[w];
      const magnitude = Math.abs(weight);
      a += weight * losses[i];
      b += weight * losses[i + changes];
      c += magnitude * losses[i];
      d += magnitude * losses[i + changes];
    }
    above[at] = inputs[at] + (c - a) / 2;
    above[at + 1] = inputs[at + 1] + (d - b) / 2;
    below[at] = inputs[at] - (c + a) / 2;
    below[at + 1] = inputs[at + 1] - (d + b) / 2;
  }

  /** Lines above and below the outputs of the second layer. */
  private relaxSecondLayer(n: number): void {
    const { second, last } = this.head;
    const { lowest, greatest, above, below } = this;
    for (let j = 0, i = 0; j < second; j++) {
      let low = Infinity;
      let high = -Infinity;
      for (let v = 0; v < n; v++, i++) {
        if (below[i] < low) low = below[i];
        if (above[i] > high) high = above[i];
      }
      const isLinear = low >= 0 || high <= 0;
      this.lines[j] = isLinear ? Number(low >= 0) : Number(high > -low);
      const chord = isLinear ? this.lines[j] : high / (high - low);
      this.chords[j] = last[j] * (last[j] > 0 ? chord : this.lines[j]);
      lowest[j] = low;
      greatest[j] = high;
    }
  }

  /** Under chords above the second layer's outputs; the first layer loses by the units' weights in the logit. */
  private boundByChords(n: number): void {
    const { second, last, lastBias } = this.head;
    const { changes, changingWeights, weightInLogit, chords, lowest, greatest, sums, losses } = this;
    weightInLogit.fill(0);
    sums.fill(lastBias);
    let shift = 0;
    for (let j = 0; j < second; j++) {
      for (let i = 0; i < changes; i++) weightInLogit[i] += changingWeights[j * changes + i] * chords[j];
      for (let v = 0; v < n; v++) sums[v] += chords[j] * this.inputs[j * n + v];
      if (last[j] > 0 && lowest[j] < 0 && greatest[j] > 0) shift -= chords[j] * lowest[j];
    }
    for (let v = 0; v < n; v++) {
      let sum = sums[v] + shift;
      for (let i = 0; i < changes; i++) sum -= Math.min(weightInLogit[i], 0) * losses[v * changes + i];
      sums[v] = sum;
    }
    this.keepLower(n);
  }

  /** With the second layer's outputs of positive weight as they are at the vertices. */
  private boundByVertices(n: number): void {
    const { second, last, lastBias } = this.head;
    const { above, below, lines, sums } = this;
    sums.fill(lastBias);
    for (let j = 0, i = 0; j < second; j++) {
      if (last[j] > 0) for (let v = 0; v < n; v++, i++) sums[v] += last[j] * Math.max(above[i], 0);
      else for (let v = 0; v < n; v++, i++) sums[v] += last[j] * lines[j] * below[i];
    }
    this.keepLower(n);
  }

  /** The highest sum is a bound; the lower of two counts. */
  private keepLower(n: number): void {
    const at = highestOf(this.sums, n);
    if (this.sums[at] >= this.bound) return;
    this.bound = this.sums[at];
    this.boundAt = at;
  }

  private findHighest(n: number): void {
    const { second, last, lastBias } = this.head;
    this.sums.fill(lastBias);
    for (let j = 0, i = 0; j < second; j++)
      for (let v = 0; v < n; v++, i++) this.sums[v] += last[j] * Math.max(this.inputs[i], 0);
    this.highestAt = highestOf(this.sums, n);
    this.highest = this.sums[this.highestAt];
  }

  /**
   * The plane to cut at: where the unit changes sign that loses most in the bound.
   *
   * @param sides receives the signed distance of each vertex from it, from place `start`
   * @returns false if nothing is lost
   */
  chooseCut(points: Float64Array, start: number, count: number, sides: Float64Array): boolean {
    const unit = this.worstUnit();
    if (unit >= 0) {
      for (let v = start; v < start + count; v++) sides[v] = points[v * this.stride + unit];
      return true;
    }
    // the first layer is linear here, and so are the inputs of the second
    const output = this.worstOutput();
    const from = output * ((count + 3) & ~3);
    for (let v = 0; v < count && output >= 0; v++) sides[start + v] = this.inputs[from + v];
    return output >= 0;
  }

  private worstUnit(): number {
    const { second, last } = this.head;
    const { changing, changes, changingWeights, lost, weightInLogit, lowest, greatest } = this;
    let worst = -1;
    let most = LEAST_LOSS;
    for (let i = 0; i < changes; i++) {
      let weight = 0; // of what it loses on the way to bounds of the second layer
      for (let j = 0; j < second; j++)
        if (lowest[j] < 0 && greatest[j] > 0) weight += Math.abs(last[j] * changingWeights[j * changes + i]);
      const loss = lost[changing[i]] * (Math.max(0, -weightInLogit[i]) + weight / 2);
      if (loss <= most) continue;
      worst = changing[i];
      most = loss;
    }
    return worst;
  }

  private worstOutput(): number {
    const { second, last } = this.head;
    let worst = -1;
    let most = 0;
    for (let j = 0; j < second; j++) {
      const loss = Math.max(0, -last[j]) * Math.min(this.greatest[j], -this.lowest[j]);
      if (loss <= most) continue;
      worst = j;
      most = loss;
    }
    return worst;
  }
}

function highestOf(values: Float64Array, n: number): number {
  let at = 0;
  for (let v = 1; v < n; v++) if (values[v] > values[at]) at = v;
  return at;
}
