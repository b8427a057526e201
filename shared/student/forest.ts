import { createRandom } from '../random.ts';
import { BINS, type Edges, type Tree, TreeBuilder, type TreeOptions } from './regression-tree.ts';

export interface ForestOptions extends TreeOptions {
  readonly trees: number;
  readonly seed: number;
}

/** A regression forest over a fixed number of features. */
export interface Forest {
  readonly features: number;
  readonly trees: readonly Tree[];
}

/**
 * Random forest regression (Breiman 2001, doi:10.1023/A:1010933404324) on quantile-binned features.
 *
 * @param table shape (examples, features) row-major, finite
 * @param targets shape (examples,)
 */
export function trainForest(table: Float32Array, targets: Float64Array, options: ForestOptions): Forest {
  const features = table.length / targets.length;
  const edges = quantileEdges(table, features);
  const bins = binColumns(table, features, edges);
  const random = createRandom(options.seed);
  const builder = new TreeBuilder(bins, edges, targets, options, random);
  return { features, trees: Array.from({ length: options.trees }, () => builder.build()) };
}

/** Mean prediction of the trees for each row of a table, shape (rows,). */
export function predictForest({ features, trees }: Forest, table: Float32Array): Float64Array {
  const sums = new Float64Array(table.length / features);
  for (const { feature, threshold, right } of trees) {
    for (let row = 0; row < sums.length; row++) {
      let node = 0;
      while (feature[node] >= 0)
        node = table[row * features + feature[node]] <= threshold[node] ? node + 1 : right[node];
      sums[row] += threshold[node];
    }
  }
  return sums.map((sum) => sum / trees.length);
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
