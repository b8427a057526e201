import type { StudentHead } from '../models/student-head.ts';
import { FirstLayer, paddedCount } from './first-layer.ts';

/** Times that lines are chosen anew: on average a tenth of the polytopes less have to be bounded. */
const FLIPS = 3;

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
  private readonly layer: FirstLayer;
  private readonly weightInLogit: Float64Array; // shape (changes,)
  private readonly flipped: Float64Array; // shape (first,), slopes of the lines in the logit
  private sums = new Float64Array(0); // shape (n,), by vertex
  private readonly lowest: Float64Array; // shape (second,), of what is below an input
  private readonly greatest: Float64Array; // shape (second,), of what is above it
  private readonly chords: Float64Array; // shape (second,), weight of an input in the logit
  private readonly lines: Float64Array; // shape (second,), slope of the line below an output

  /** @param stride length of the rows of points, at least the width of the first layer */
  constructor(head: StudentHead, stride: number) {
    const { first, second } = head;
    this.head = head;
    this.stride = stride;
    this.layer = new FirstLayer(head, stride);
    this.weightInLogit = new Float64Array(first);
    this.flipped = new Float64Array(first);
    this.lowest = new Float64Array(second);
    this.greatest = new Float64Array(second);
    this.chords = new Float64Array(second);
    this.lines = new Float64Array(second);
  }

  /**
   * Set the bound and the highest logit of a vertex.
   *
   * @param points rows that begin with the inputs of the first layer, the polytope's from row `start`
   */
  evaluate(points: Float64Array, start: number, count: number): void {
    const n = this.layer.evaluate(points, start, count);
    if (n > this.sums.length) this.sums = new Float64Array(2 * n);
    this.relaxSecondLayer(n);
    this.bound = Infinity;
    this.boundByChords(n);
    this.boundByVertices(n);
    this.findHighest(n);
  }

  /** Lines above and below the outputs of the second layer. */
  private relaxSecondLayer(n: number): void {
    const { second } = this.head;
    const { above, below } = this.layer;
    for (let j = 0, i = 0; j < second; j++) {
      let low = Infinity;
      let high = -Infinity;
      for (let v = 0; v < n; v++, i++) {
        if (below[i] < low) low = below[i];
        if (above[i] > high) high = above[i];
      }
      this.relaxUnit(j, low, high);
    }
  }

  /** Lines above and below one output, which lies between two values before its ReLU. */
  private relaxUnit(j: number, low: number, high: number): void {
    const { last } = this.head;
    const isLinear = low >= 0 || high <= 0;
    this.lines[j] = isLinear ? Number(low >= 0) : Number(high > -low);
    const chord = isLinear ? this.lines[j] : high / (high - low);
    this.chords[j] = last[j] * (last[j] > 0 ? chord : this.lines[j]);
    this.lowest[j] = low;
    this.greatest[j] = high;
  }

  /** Under chords above the second layer's outputs; the first layer loses by the units' weights in the logit. */
  private boundByChords(n: number): void {
    const { second, last, lastBias } = this.head;
    const { weightInLogit, chords, lowest, greatest, sums } = this;
    const { changes, changingWeights, losses, inputs, slopes } = this.layer;
    weightInLogit.fill(0);
    sums.fill(lastBias);
    let shift = 0;
    for (let j = 0; j < second; j++) {
      for (let i = 0; i < changes; i++) weightInLogit[i] += changingWeights[j * changes + i] * chords[j];
      for (let v = 0; v < n; v++) sums[v] += chords[j] * inputs[j * n + v];
      if (last[j] > 0 && lowest[j] < 0 && greatest[j] > 0) shift -= chords[j] * lowest[j];
    }
    for (let v = 0; v < n; v++) {
      let sum = sums[v] + shift;
      for (let i = 0; i < changes; i++) sum -= Math.min(weightInLogit[i], 0) * losses[v * changes + i];
      sums[v] = sum;
    }
    this.keepLower(n);
    this.flipped.set(slopes);
    for (let flip = 0; flip < FLIPS; flip++) {
      this.flipLines(n, highestOf(sums, n));
      this.keepLower(n);
    }
  }

  /** Take the other line, in this sum, for units that lose in it at a vertex: there they lose nothing then. */
  private flipLines(n: number, vertex: number): void {
    const { sums, weightInLogit, flipped } = this;
    const { changing, changes, changingInputs } = this.layer;
    for (let i = 0; i < changes; i++) {
      const unit = changing[i];
      const isLine =
        flipped[unit] === 1 ? changingInputs[vertex * changes + i] >= 0 : changingInputs[vertex * changes + i] <= 0;
      if (isLine || weightInLogit[i] >= 0) continue;
      const change = (2 * flipped[unit] - 1) * weightInLogit[i];
      flipped[unit] = 1 - flipped[unit];
      for (let v = 0, at = i; v < n; v++, at += changes) sums[v] -= change * changingInputs[at];
    }
  }

  /** With the second layer's outputs of positive weight as they are at the vertices. */
  private boundByVertices(n: number): void {
    const { second, last, lastBias } = this.head;
    const { lines, sums } = this;
    const { above, below } = this.layer;
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
      for (let v = 0; v < n; v++, i++) this.sums[v] += last[j] * Math.max(this.layer.inputs[i], 0);
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
    const from = output * paddedCount(count);
    for (let v = 0; v < count && output >= 0; v++) sides[start + v] = this.layer.inputs[from + v];
    return output >= 0;
  }

  private worstUnit(): number {
    const { second, last } = this.head;
    const { weightInLogit, lowest, greatest } = this;
    const { changing, changes, changingWeights, lost } = this.layer;
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
