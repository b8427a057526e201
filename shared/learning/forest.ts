import { createRandom, type ResumableRandom, resumeRandom } from '../random.ts';
import { BINS, type Edges, type Tree, TreeBuilder, type TreeOptions } from './regression-tree.ts';

export interface ForestOptions extends TreeOptions {
  readonly trees: number;
  readonly seed: number;
}

/** Where the growing of a forest stands. */
export interface GrowthState {
  readonly random: Int32Array; // state of the random numbers
  readonly order: Uint32Array; // features in the order in which they are tried
}

/**
 * Random forest regression (Breiman 2001, doi:10.1023/A:1010933404324), or extremely randomized trees, on quantile-binned
 * features, tree by tree: the forest's prediction is the mean over its trees.
 */
export class ForestGrower {
  private readonly builder: TreeBuilder;
  private readonly random: ResumableRandom;

  /**
   * @param table shape (examples, features) row-major, finite
   * @param targets shape (examples,)
   * @param state where an earlier grower of the same table, targets and options stood
   */
  constructor(table: Float32Array, targets: Float64Array, options: ForestOptions, state?: GrowthState) {
    const features = table.length / targets.length;
    const edges = quantileEdges(table, features);
    const bins = binColumns(table, features, edges);
    this.random = state === undefined ? createRandom(options.seed) : resumeRandom(state.random);
    this.builder = new TreeBuilder(bins, edges, targets, options, this.random, state?.order.slice());
  }

  /** The next tree. */
  grow(): Tree {
    return this.builder.build();
  }

  /** Where the next tree begins. */
  state(): GrowthState {
    return { random: this.random.state(), order: this.builder.order };
  }
}

/**
 * Add a tree's prediction to each row's sum.
 *
 * @param table shape (rows, features) row-major
 * @param sums shape (rows,)
 */
export function addPredictions({ feature, threshold, right }: Tree, table: Float32Array, sums: Float64Array): void {
  const features = table.length / sums.length;
  for (let row = 0; row < sums.length; row++) {
    let node = 0;
    while (feature[node] >= 0) node = table[row * features + feature[node]] <= threshold[node] ? node + 1 : right[node];
    sums[row] += threshold[node];
  }
}

function quantileEdges(table: Float32Array, features: number): Edges {
  const rows = table.length / features;
  return Array.from({ length: features }, (_, j) => {
    const sorted = Float32Array.from({ length: rows }, (_, i) => table[i * features + j]).sort();
    const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    if (distinct.length <= BINS)
      return distinct.map((value, b) => (b + 1 < distinct.length ? (value + distinct[b + 1]) / 2 : value));
    return Float32Array.from(
      new Set(Float32Array.from({ length: BINS }, (_, b) => sorted[Math.floor(((b + 1) * rows) / BINS) - 1])),
    );
  });
}

/** Bin of every value, shape (features, rows). */
function binColumns(table: Float32Array, features: number, edges: Edges): Uint8Array {
  const rows = table.length / features;
  const bins = new Uint8Array(table.length);
  for (let j = 0; j < features; j++) {
    for (let i = 0; i < rows; i++) {
      let [low, high] = [0, edges[j].length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (table[i * features + j] <= edges[j][middle]) high = middle;
        else low = middle + 1;
      }
      bins[j * rows + i] = low;
    }
  }
  return bins;
}
