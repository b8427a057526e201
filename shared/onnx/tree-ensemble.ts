import type { GraphBuilder, Value } from './graph.ts';

/** A regression tree as parallel arrays, one entry per node; the root is node 0 and a left child follows its parent. */
export interface EnsembleTree {
  readonly feature: Int16Array; // -1 = leaf
  readonly threshold: Float32Array; // go left when value <= threshold; in a leaf, the prediction
  readonly right: Int32Array; // node of the right child
}

// enumerations of the operator
const BRANCH_LEQ = 0;
const SUM = 1;
const NO_TRANSFORM = 0;

/**
 * Append regression trees, each with an output column of its own, as one node `TreeEnsemble` of ai.onnx.ml. It supersedes
 * `TreeEnsembleRegressor`, which is deprecated and takes three times the bytes.
 *
 * @param input float32, shape (rows, features)
 * @returns float32, shape (rows, trees)
 * @see https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
 */
export function treeEnsemble(graph: GraphBuilder, input: Value, trees: readonly EnsembleTree[]): Value {
  const arrays = new EnsembleArrays();
  for (const tree of trees) arrays.add(tree);
  return graph.mlNode('TreeEnsemble', [input], arrays.attributes());
}

/** Interior nodes and leaves of all trees, numbered apart and through. */
class EnsembleArrays {
  private readonly roots: number[] = [];
  private readonly features: number[] = [];
  private readonly splits: number[] = [];
  private readonly children: Readonly<Record<Side, { ids: number[]; areLeaves: number[] }>> = {
    true: { ids: [], areLeaves: [] },
    false: { ids: [], areLeaves: [] },
  };
  private readonly targets: number[] = [];
  private readonly weights: number[] = [];

  add(tree: EnsembleTree): void {
    const target = this.roots.length;
    const ids = this.numberNodes(tree, target);
    const { feature, threshold, right } = tree;
    this.roots.push(this.features.length);
    if (feature[0] < 0) this.branch(0, threshold[0], [0, 0], tree, ids); // a root is interior: both ways lead to its leaf
    for (let node = 0; node < feature.length; node++)
      if (feature[node] >= 0) this.branch(feature[node], threshold[node], [node + 1, right[node]], tree, ids);
  }

  /** Number of each node among the interior nodes or the leaves; the leaves are stored. */
  private numberNodes({ feature, threshold }: EnsembleTree, target: number): Int32Array {
    let interior = this.features.length;
    return Int32Array.from(feature, (split, node) => {
      if (split >= 0) return interior++;
      this.targets.push(target);
      return this.weights.push(threshold[node]) - 1;
    });
  }

  private branch(
    feature: number,
    threshold: number,
    [left, right]: readonly [number, number],
    tree: EnsembleTree,
    ids: Int32Array,
  ): void {
    this.features.push(feature);
    this.splits.push(threshold);
    for (const [side, child] of [
      ['true', left],
      ['false', right],
    ] as const) {
      this.children[side].ids.push(ids[child]);
      this.children[side].areLeaves.push(Number(tree.feature[child] < 0));
    }
  }

  attributes(): Record<string, number | readonly number[] | Float32Array | Uint8Array> {
    return {
      tree_roots: this.roots,
      nodes_featureids: this.features,
      nodes_splits: Float32Array.from(this.splits),
      nodes_modes: new Uint8Array(this.splits.length).fill(BRANCH_LEQ),
      nodes_truenodeids: this.children.true.ids,
      nodes_trueleafs: this.children.true.areLeaves,
      nodes_falsenodeids: this.children.false.ids,
      nodes_falseleafs: this.children.false.areLeaves,
      leaf_targetids: this.targets,
      leaf_weights: Float32Array.from(this.weights),
      n_targets: this.roots.length,
      aggregate_function: SUM,
      post_transform: NO_TRANSFORM,
    };
  }
}

type Side = 'true' | 'false';
