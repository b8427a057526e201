import { describe, expect, it } from 'vitest';
import { addPredictions, ForestGrower } from '../../shared/learning/forest.ts';
import { GraphBuilder, readModelHeader } from '../../shared/onnx/graph.ts';
import { openSession } from '../../shared/onnx/session.ts';
import { type EnsembleTree, treeEnsemble } from '../../shared/onnx/tree-ensemble.ts';
import { createRandom } from '../../shared/random.ts';

const tree = (feature: number[], threshold: number[], right: number[]): EnsembleTree => ({
  feature: Int16Array.from(feature),
  threshold: Float32Array.from(threshold),
  right: Int32Array.from(right),
});

async function run(trees: readonly EnsembleTree[], table: Float32Array, features: number): Promise<number[][]> {
  const graph = new GraphBuilder();
  const input = graph.input('table', 'float', ['N', features]);
  graph.output('members', treeEnsemble(graph, input, trees), ['N', trees.length]);
  const bytes = graph.encode('trees');
  expect(readModelHeader(bytes).outputs).toEqual([{ name: 'members', type: 'float', rank: 2 }]);
  const session = await openSession(bytes);
  const rows = table.length / features;
  const { members } = await session.run({ table: { data: table, shape: [rows, features] } });
  await session.release();
  expect(members.shape).toEqual([rows, trees.length]);
  const values = [...(members.data as Float32Array)];
  return Array.from({ length: rows }, (_, i) => values.slice(i * trees.length, (i + 1) * trees.length));
}

describe('tree ensemble', () => {
  it('goes left up to and including the threshold, and gives every tree a column', async () => {
    const both = [
      tree([0, 1, -1, -1, -1], [0.5, 2, 0.125, 0.25, 0.75], [4, 3, -1, -1, -1]),
      tree([1, -1, -1], [-1, 1, 0], [2, -1, -1]),
    ];
    const table = Float32Array.of(0.5, 2, 0.5, 2.1, 0.51, -1, 0, -9);
    expect(await run(both, table, 2)).toEqual([
      [0.125, 0],
      [0.25, 0],
      [0.75, 1],
      [0.125, 1],
    ]);
  });

  it('holds trees that are a single leaf', async () => {
    const trees = [tree([-1], [0.375], [-1]), tree([0, -1, -1], [0, 0.25, 0.5], [2, -1, -1]), tree([-1], [1], [-1])];
    expect(await run(trees, Float32Array.of(-1, 0, 1), 1)).toEqual([
      [0.375, 0.25, 1],
      [0.375, 0.25, 1],
      [0.375, 0.5, 1],
    ]);
  });

  it.each([false, true])('predicts bit by bit what grown trees predict (extremely random: %s)', async (extraRandom) => {
    const random = createRandom(3);
    const table = Float32Array.from({ length: 5 * 3000 }, () => Math.round(50 * random()) / 50);
    const targets = Float64Array.from({ length: 3000 }, (_, i) => table[5 * i] * table[5 * i + 1]);
    const options = { trees: 9, featureShare: 0.5, minimumLeaf: 2, seed: 1, extraRandom };
    const grower = new ForestGrower(table, targets, options);
    const trees = Array.from({ length: 9 }, () => grower.grow());
    const expected = trees.map((grown) => {
      const sums = new Float64Array(3000);
      addPredictions(grown, table, sums);
      return sums;
    });
    const members = await run(trees, table, 5);
    expect(members).toEqual(members.map((_, i) => expected.map((sums) => sums[i])));
  });
});
