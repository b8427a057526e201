import type { ArrayFile } from '../io/store/array-file.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { ForestGrower } from '../learning/forest.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { splitFold, systemFolds } from '../student/splits.ts';
import { type CommitteeTask, committeeTable, memberStatistics } from './committee.ts';
import type { HeldOutFold } from './committee-evaluation.ts';

/** Trees as arrays, one after the other. */
type TreeArrays = Readonly<{
  lengths: Uint32Array; // nodes by tree
  feature: Int32Array;
  threshold: Float32Array;
  right: Int32Array;
}>;

/**
 * The growing of a committee, tree by tree. One that is stopped after any tree and resumed from its checkpoint ends with
 * the very same committee as one that is grown at once.
 */
export class CommitteeGrowth {
  private readonly task: CommitteeTask;
  private readonly learned: readonly FormulaLabel[];
  private readonly heldOut: readonly FormulaLabel[];
  private readonly grown: Tree[];
  private grower: { readonly part: number; readonly forest: ForestGrower } | undefined;

  /**
   * @param fold to be held out and predicted; undefined = learn from all labels
   * @param from checkpoint of an earlier growth of the same task and fold
   */
  constructor(task: CommitteeTask, fold: number | undefined, from?: ArrayFile) {
    const { ionic, options } = task;
    const split =
      fold === undefined ? { learned: ionic, heldOut: [] } : splitFold(ionic, systemFolds(ionic, options), fold);
    this.task = task;
    this.learned = split.learned;
    this.heldOut = split.heldOut;
    this.grown = from === undefined ? [] : unpackTrees(from.arrays as unknown as TreeArrays);
    if (from !== undefined) this.grower = this.begin(this.next(), from);
  }

  get done(): boolean {
    return this.next() === this.task.parts.length;
  }

  /** Grow a tree. */
  step(): void {
    const part = this.next();
    if (this.grower?.part !== part) this.grower = this.begin(part);
    if (this.grower !== undefined) this.grown.push(this.grower.forest.grow());
  }

  /** Where it stands. */
  checkpoint(): ArrayFile {
    const isBetween = this.grower === undefined || this.grower.part !== this.next();
    const state = isBetween ? {} : this.grower?.forest.state();
    return { header: {}, arrays: { ...packTrees(this.grown), ...state } };
  }

  /** All trees, once it is done. */
  members(): readonly Tree[] {
    return this.grown;
  }

  /** What the members say of the fold that is held out. */
  predictions(): HeldOutFold {
    const compositions = this.heldOut.map(({ composition }) => composition);
    const { features, options } = this.task;
    const table = committeeTable(features, compositions, options.mobileIon);
    const labels = Float64Array.from(this.heldOut, ({ probability }) => probability);
    return { ...memberStatistics(this.grown, table, compositions.length), labels };
  }

  /** The part that the next tree is of; their number if there is none. */
  private next(): number {
    let end = 0;
    const part = this.task.parts.findIndex(({ trees }) => {
      end += trees;
      return this.grown.length < end;
    });
    return part < 0 ? this.task.parts.length : part;
  }

  private begin(part: number, from?: ArrayFile): { part: number; forest: ForestGrower } | undefined {
    const { parts, features, options } = this.task;
    if (part === parts.length) return undefined;
    const { random, order } = from?.arrays ?? {};
    const state = random && { random: random as Int32Array, order: order as Uint32Array };
    const compositions = this.learned.map(({ composition }) => composition);
    const table = committeeTable(features, compositions, options.mobileIon);
    const targets = Float64Array.from(this.learned, ({ probability }) => probability);
    return { part, forest: new ForestGrower(table, targets, { ...parts[part], seed: options.seed + part }, state) };
  }
}

/** Trees as arrays that a file can hold. */
export function packTrees(trees: readonly Tree[]): TreeArrays {
  const lengths = Uint32Array.from(trees, ({ feature }) => feature.length);
  const nodes = lengths.reduce((sum, length) => sum + length, 0);
  const packed = {
    lengths,
    feature: new Int32Array(nodes),
    threshold: new Float32Array(nodes),
    right: new Int32Array(nodes),
  };
  let at = 0;
  for (const { feature, threshold, right } of trees) {
    packed.feature.set(feature, at);
    packed.threshold.set(threshold, at);
    packed.right.set(right, at);
    at += feature.length;
  }
  return packed;
}

/** The trees that {@link packTrees} was given. */
export function unpackTrees({ lengths, feature, threshold, right }: TreeArrays): Tree[] {
  let at = 0;
  return Array.from(lengths, (length) => {
    const [start, end] = [at, at + length];
    at = end;
    return {
      feature: Int16Array.from(feature.subarray(start, end)),
      threshold: threshold.slice(start, end),
      right: right.slice(start, end),
    };
  });
}
