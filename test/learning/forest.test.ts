import { describe, expect, it } from 'vitest';
import { addPredictions, ForestGrower, type ForestOptions } from '../../shared/learning/forest.ts';
import type { Tree } from '../../shared/learning/regression-tree.ts';
import { createRandom } from '../../shared/random.ts';

const OPTIONS = { trees: 7, featureShare: 1, minimumLeaf: 1, seed: 1 };

interface Forest {
  readonly features: number;
  readonly trees: readonly Tree[];
}

function trainForest(table: Float32Array, targets: Float64Array, options: ForestOptions): Forest {
  const grower = new ForestGrower(table, targets, options);
  return { features: table.length / targets.length, trees: Array.from({ length: options.trees }, () => grower.grow()) };
}

/** Mean prediction of the trees for each row of a table, shape (rows,). */
function predictForest({ features, trees }: Forest, table: Float32Array): Float64Array {
  const sums = new Float64Array(table.length / features);
  for (const tree of trees) addPredictions(tree, table, sums);
  return sums.map((sum) => sum / trees.length);
}

/** Fit y(x) on a table of one feature and predict at other values. */
function fitColumn(
  values: readonly number[],
  target: (x: number) => number,
  at: readonly number[],
  options: Partial<ForestOptions> = {},
): number[] {
  const forest = trainForest(Float32Array.from(values), Float64Array.from(values, target), { ...OPTIONS, ...options });
  return [...predictForest(forest, Float32Array.from(at))];
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const step =
  (edge: number) =>
  (x: number): number =>
    x < edge ? 0 : 1;

describe('random forest', () => {
  it('fits a step exactly and splits half-way between neighbouring values', () => {
    const tenths = count(300).map((i) => i % 10);
    expect(fitColumn(tenths, step(5), [-9, 0, 4, 4.4, 4.6, 5, 9, 99])).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('fits a table of several features, such as an exclusive or', () => {
    const rows = count(400).map((i) => [i % 2, (i >> 1) % 2, i % 7]);
    const targets = rows.map(([a, b]) => a ^ b);
    const forest = trainForest(Float32Array.from(rows.flat()), Float64Array.from(targets), OPTIONS);
    expect([...predictForest(forest, Float32Array.of(0, 0, 3, 0, 1, 3, 1, 0, 3, 1, 1, 3))]).toEqual([0, 1, 1, 0]);
  });

  it('predicts a constant target everywhere, from single leaves', () => {
    const forest = trainForest(Float32Array.from(count(50)), new Float64Array(50).fill(0.25), OPTIONS);
    expect(forest.trees.map(({ feature }) => [...feature])).toEqual(count(7).map(() => [-1]));
    expect([...predictForest(forest, Float32Array.of(-1, 17, 99))]).toEqual([0.25, 0.25, 0.25]);
  });

  it('cannot split examples that are alike: it predicts near their mean', () => {
    const [one] = fitColumn(new Array(400).fill(3), () => 0.5, [3]);
    expect(one).toBe(0.5);
    const table = new Float32Array(400).fill(3);
    const targets = Float64Array.from(table, (_, i) => i % 2);
    const [mean] = predictForest(trainForest(table, targets, { ...OPTIONS, trees: 40 }), Float32Array.of(3));
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });

  it('puts equal values on the same side, also where most values are equal', () => {
    const values = count(4000).map((i) => (i % 10 === 0 ? i : 0)); // more distinct values than bins
    expect(fitColumn(values, (x) => (x > 0 ? 1 : 0), [0, 10, 2000, 3990])).toEqual([0, 1, 1, 1]);
  });

  it('cuts many values into 256 quantile bins of equal size', () => {
    const values = count(2560);
    const at = [1279, 1280];
    expect(fitColumn(values, step(1280), at)).toEqual([0, 1]); // 1280 begins a bin of ten
    const inside = fitColumn(values, step(1285), [1279, ...count(10).map((i) => 1280 + i), 1290]);
    expect([inside[0], inside[11]]).toEqual([0, 1]);
    expect(new Set(inside.slice(1, 11)).size).toBe(1);
    expect(inside[1]).toBeGreaterThan(0.2);
    expect(inside[1]).toBeLessThan(0.8);
  });

  it('leaves no fewer examples in a leaf than asked, on either side', () => {
    const leaf = { minimumLeaf: 40, trees: 20 };
    const [high] = fitColumn(count(100), step(95), [99], leaf);
    const [low] = fitColumn(count(100), (x) => 1 - step(5)(x), [0], leaf);
    for (const prediction of [high, low]) {
      expect(prediction).toBeGreaterThan(0.05);
      expect(prediction).toBeLessThan(0.25); // about 5 ones among at least 40
    }
    const forest = trainForest(Float32Array.from(count(100)), Float64Array.from(count(100), step(50)), {
      ...OPTIONS,
      minimumLeaf: 51,
    });
    expect(forest.trees.every(({ feature }) => feature.length === 1)).toBe(true);
  });

  it('predicts within the range of its targets, the mean of its trees', () => {
    const random = createRandom(4);
    const table = Float32Array.from({ length: 600 }, () => random());
    const targets = Float64Array.from({ length: 200 }, (_, i) => 0.2 + 0.6 * table[3 * i] * table[3 * i + 1]);
    const forest = trainForest(table, targets, { ...OPTIONS, trees: 30, featureShare: 0.4 });
    const predictions = predictForest(forest, table);
    const single = forest.trees.map((tree) => predictForest({ ...forest, trees: [tree] }, table));
    predictions.forEach((prediction, i) => {
      expect(prediction).toBeGreaterThanOrEqual(0.2);
      expect(prediction).toBeLessThanOrEqual(0.8);
      expect(prediction).toBeCloseTo(single.reduce((sum, tree) => sum + tree[i], 0) / 30, 12);
    });
    const error = predictions.reduce((sum, prediction, i) => sum + Math.abs(prediction - targets[i]), 0) / 200;
    expect(error).toBeLessThan(0.02);
  });

  it('goes on from any tree as if it had not been stopped', () => {
    const random = createRandom(4);
    const table = Float32Array.from({ length: 800 }, () => random());
    const targets = Float64Array.from({ length: 200 }, (_, i) => table[4 * i] * table[4 * i + 1]);
    const options = { ...OPTIONS, trees: 6, featureShare: 0.5 };
    const { trees } = trainForest(table, targets, options);
    let grower = new ForestGrower(table, targets, options);
    const resumed = trees.map(() => {
      grower = new ForestGrower(table, targets, options, grower.state());
      return grower.grow();
    });
    expect(resumed).toEqual(trees);
  });

  it('of extremely randomized trees learns every example by heart, and lies between its neighbours elsewhere', () => {
    const [extraRandom, values] = [true, count(200).map((i) => 3 * i)];
    const target = (x: number): number => Math.sin(x / 40);
    const learned = fitColumn(values, target, values, { extraRandom });
    learned.forEach((y, i) => {
      expect(y).toBeCloseTo(target(values[i]), 2);
    });
    const between = fitColumn(count(20), step(10), [9.4, 9.6], { extraRandom, trees: 1 });
    expect(between).toEqual([0, 1]); // a bin's edge is half-way, whichever bin is drawn
  });

  it('of extremely randomized trees draws its thresholds: few trees of a smooth target differ from each other', () => {
    const options = { ...OPTIONS, extraRandom: true, trees: 2, minimumLeaf: 20 };
    const forest = trainForest(Float32Array.from(count(200)), Float64Array.from(count(200)), options);
    const [first, second] = forest.trees.map(({ threshold }) => threshold[0]);
    expect(first).not.toBe(second);
    const leaves = forest.trees.flatMap((tree) => [
      ...predictForest({ ...forest, trees: [tree] }, Float32Array.of(0, 199)),
    ]);
    expect(leaves.every((y) => y >= 9.5 && y <= 189.5)).toBe(true); // at least 20 examples in a leaf
  });

  it('of extremely randomized trees goes on from any tree as if it had not been stopped', () => {
    const random = createRandom(5);
    const table = Float32Array.from({ length: 800 }, () => random());
    const targets = Float64Array.from({ length: 200 }, (_, i) => table[4 * i] * table[4 * i + 1]);
    const options = { ...OPTIONS, featureShare: 0.5, extraRandom: true };
    const { trees } = trainForest(table, targets, options);
    let grower = new ForestGrower(table, targets, options);
    const resumed = trees.map(() => {
      grower = new ForestGrower(table, targets, options, grower.state());
      return grower.grow();
    });
    expect(resumed).toEqual(trees);
  });

  it('is the same for the same seed and another for another', () => {
    const values = count(120).map((i) => (i * 37) % 101);
    const at = count(100);
    const predict = (seed: number): number[] => fitColumn(values, (x) => Math.sin(x / 9), at, { seed, trees: 3 });
    expect(predict(1)).toEqual(predict(1));
    expect(predict(2)).not.toEqual(predict(1));
  });
});
