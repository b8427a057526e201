import { type Random, randomInteger } from '../random.ts';

/** Largest number of bins per feature. */
export const BINS = 256;

/** Quantile bins of each feature: value x of feature j is in bin b when edges[j][b − 1] < x <= edges[j][b]. */
export type Edges = readonly Float32Array[];

/** A regression tree as parallel arrays, one entry per node; the root is node 0 and a left child follows its parent. */
export interface Tree {
  readonly feature: Int16Array; // -1 = leaf
  readonly threshold: Float32Array; // go left when value <= threshold; in a leaf, the prediction
  readonly right: Int32Array; // node of the right child
}

export interface TreeOptions {
  readonly featureShare: number; // share of the features tried at each split, in (0, 1]
  readonly minimumLeaf: number; // examples per leaf, >= 1
  readonly extraRandom?: boolean; // extremely randomized: per feature tried one random bin, and no bootstrap; false if not given
}

interface Split {
  readonly feature: number;
  readonly bin: number; // the last bin that goes left
}

interface Threshold {
  readonly gain: number; // Σ sum² / count of both sides
  readonly bin: number; // the last one that goes left
}

const PURE = 1e-6; // a node whose targets vary less than this is a leaf: its probabilities agree to 1e-3

/**
 * Grows trees by variance reduction, each on a bootstrap sample of its own; or extremely randomized trees (Geurts et al. 2006,
 * doi:10.1007/s10994-006-6226-1), each on all rows.
 */
export class TreeBuilder {
  private readonly bins: Uint8Array;
  private readonly edges: Edges;
  private readonly targets: Float64Array;
  private readonly options: TreeOptions;
  private readonly random: Random;
  private readonly sample: Uint32Array; // rows of the tree; a node owns a range
  private readonly scratch: Uint32Array;
  private readonly featureOrder: Uint32Array; // features; those tried at a split are moved to the front
  private readonly counts = new Float64Array(BINS);
  private readonly sums = new Float64Array(BINS);
  private nodes: { feature: number; threshold: number; right: number }[] = [];

  /**
   * @param bins bin of every value, shape (features, rows) row-major
   * @param targets shape (rows,)
   * @param order features in the order that earlier trees left them in
   */
  constructor(
    bins: Uint8Array,
    edges: Edges,
    targets: Float64Array,
    options: TreeOptions,
    random: Random,
    order = Uint32Array.from(edges.keys()),
  ) {
    this.bins = bins;
    this.edges = edges;
    this.targets = targets;
    this.options = options;
    this.random = random;
    this.sample = new Uint32Array(targets.length);
    this.scratch = new Uint32Array(targets.length);
    this.featureOrder = order;
  }

  /** Features in the order in which the next tree begins to try them. */
  get order(): Uint32Array {
    return this.featureOrder.slice();
  }

  build(): Tree {
    this.nodes = [];
    const rows = this.sample.length;
    const { extraRandom = false } = this.options;
    for (let i = 0; i < rows; i++) this.sample[i] = extraRandom ? i : randomInteger(this.random, rows);
    this.grow(0, rows);
    return {
      feature: Int16Array.from(this.nodes, (node) => node.feature),
      threshold: Float32Array.from(this.nodes, (node) => node.threshold),
      right: Int32Array.from(this.nodes, (node) => node.right),
    };
  }

  /** Append the subtree of the sample rows start (inclusive) to end (exclusive). */
  private grow(start: number, end: number): void {
    let sum = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const target = this.targets[this.sample[i]];
      sum += target;
      squares += target * target;
    }
    const count = end - start;
    const mean = sum / count;
    const node = { feature: -1, threshold: mean, right: -1 };
    this.nodes.push(node);
    if (count < 2 * this.options.minimumLeaf || squares / count - mean * mean < PURE) return;
    const split = this.bestSplit(start, end, sum);
    if (split === undefined) return;
    const middle = this.partition(start, end, split);
    node.feature = split.feature;
    node.threshold = this.edges[split.feature][split.bin];
    this.grow(start, middle);
    node.right = this.nodes.length;
    this.grow(middle, end);
  }

  private bestSplit(start: number, end: number, sum: number): Split | undefined {
    const { featureShare, extraRandom = false } = this.options;
    const tries = Math.max(1, Math.round(featureShare * this.featureOrder.length));
    let best: Split | undefined;
    let bestGain = (sum * sum) / (end - start) + 1e-9; // of not splitting
    for (let i = 0; i < tries; i++) {
      const j = i + randomInteger(this.random, this.featureOrder.length - i);
      const feature = this.featureOrder[j];
      this.featureOrder[j] = this.featureOrder[i];
      this.featureOrder[i] = feature;
      const found = extraRandom
        ? this.draw(feature, start, end, sum, bestGain)
        : this.scan(feature, start, end, sum, bestGain);
      if (found !== undefined) {
        bestGain = found.gain;
        best = { feature, bin: found.bin };
      }
    }
    return best;
  }

  /** Best threshold of one feature, if it gains more than `bound`. */
  private scan(feature: number, start: number, end: number, total: number, bound: number): Threshold | undefined {
    const column = feature * this.targets.length;
    const counts = this.counts;
    const sums = this.sums;
    let low = BINS;
    let high = -1;
    for (let i = start; i < end; i++) {
      const row = this.sample[i];
      const bin = this.bins[column + row];
      counts[bin]++;
      sums[bin] += this.targets[row];
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    let best: Threshold | undefined;
    let [count, sum, limit] = [0, 0, bound];
    for (let bin = low; bin < high; bin++) {
      if (counts[bin] === 0) continue;
      count += counts[bin];
      sum += sums[bin];
      const others = end - start - count;
      if (count < this.options.minimumLeaf || others < this.options.minimumLeaf) continue;
      const gain = (sum * sum) / count + (total - sum) ** 2 / others;
      if (gain > limit) {
        limit = gain;
        best = { gain, bin };
      }
    }
    counts.fill(0, low, high + 1);
    sums.fill(0, low, high + 1);
    return best;
  }

  /** A random threshold of one feature, between two of its bins, if it gains more than `bound`. */
  private draw(feature: number, start: number, end: number, total: number, bound: number): Threshold | undefined {
    const column = feature * this.targets.length;
    let low = BINS;
    let high = -1;
    for (let i = start; i < end; i++) {
      const bin = this.bins[column + this.sample[i]];
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    if (low === high) return undefined;
    const bin = low + randomInteger(this.random, high - low);
    let [count, sum] = [0, 0];
    for (let i = start; i < end; i++) {
      const row = this.sample[i];
      if (this.bins[column + row] > bin) continue;
      count++;
      sum += this.targets[row];
    }
    const others = end - start - count;
    if (count < this.options.minimumLeaf || others < this.options.minimumLeaf) return undefined;
    const gain = (sum * sum) / count + (total - sum) ** 2 / others;
    return gain > bound ? { gain, bin } : undefined;
  }

  /** Move the rows that go left to the front, keeping their order; returns where the others begin. */
  private partition(start: number, end: number, { feature, bin }: Split): number {
    const column = feature * this.targets.length;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const row = this.sample[i];
      if (this.bins[column + row] <= bin) this.sample[left++] = row;
      else this.scratch[right++] = row;
    }
    this.sample.set(this.scratch.subarray(0, right), left);
    return left;
  }
}
