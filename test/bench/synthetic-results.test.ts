import { describe, expect, it } from 'vitest';
import { type SyntheticRun, syntheticResults } from '../../bench/synthetic-results.ts';
import { mergeChunks } from '../../shared/ranking/merge.ts';
import { cutIntoChunks } from '../../shared/screen/blocks.ts';
import { encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { TopK } from '../../shared/screen/top-k.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';

const DEFINITION = {
  name: 'test',
  mobileIon: 'Li',
  elements: ['B', 'O', 'Si', 'P', 'S', 'Cl'],
  anions: ['O', 'S', 'Cl'],
  arity: [3, 4],
  maxCoefficient: 8,
};
const space = buildSpace(parseSpace(JSON.stringify(DEFINITION), 'test'));
const chunks = cutIntoChunks(space.classes, 20);
const run: SyntheticRun = {
  space,
  runId: '0123456789abcdef0123',
  studentHash: 'ab'.repeat(32),
  seed: 1,
  limits: { top: 50, perSystem: 3 },
};
const bytes = Array.from(syntheticResults(run, chunks), encodeChunkResult);

describe('made-up chunk results', () => {
  it('pass for the results of a whole run', async () => {
    const stored = bytes.map((content, chunk) => ({ name: `${chunk}`, chunk, bytes: content }));
    const { runId, studentHash } = run;
    const expected = { runId, studentHash, compositions: space.compositions, chunks, merger: () => new TopK(50) };
    const merged = await mergeChunks(expected, stored);
    expect(merged.screened).toBe(space.compositions);
    expect(merged.best.indices).toHaveLength(50);
  });

  it('count every composition with lithium', () => {
    const counted = [...syntheticResults(run, chunks)].reduce((sum, result) => sum + result.screenedByElement[3], 0);
    expect(counted).toBe(space.compositions);
  });

  it('have distinct entries of their chunk, best first, and no more of a system than asked for', () => {
    for (const { start, end, best } of syntheticResults(run, chunks)) {
      const indices = [...best.indices];
      expect(new Set(indices).size).toBe(indices.length);
      expect(indices.every((index) => index >= start && index < end)).toBe(true);
      const inOrder = indices.every(
        (index, i) => i === 0 || best.logits[i] < best.logits[i - 1] || index > indices[i - 1],
      );
      expect(inOrder).toBe(true);
      expect(Math.max(...perSystem(indices).values())).toBeLessThanOrEqual(3);
    }
  });

  it('are the same for the same seed and others for another one', () => {
    expect(Array.from(syntheticResults(run, chunks), encodeChunkResult)).toEqual(bytes);
    expect(Array.from(syntheticResults({ ...run, seed: 2 }, chunks), encodeChunkResult)).not.toEqual(bytes);
  });
});

/** How many of the indices each system has. */
function perSystem(indices: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const index of indices) {
    const c = space.classes.findLastIndex(({ offset }) => offset <= index);
    const { offset, stoichiometries } = space.classes[c];
    const system = `${c}:${Math.floor((index - offset) / stoichiometries)}`;
    counts.set(system, (counts.get(system) ?? 0) + 1);
  }
  return counts;
}
