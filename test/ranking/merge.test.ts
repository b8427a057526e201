import { describe, expect, it } from 'vitest';
import { createRandom, shuffle } from '../../shared/random.ts';
import { type MergeExpectation, mergeChunks, type StoredChunk } from '../../shared/ranking/merge.ts';
import { type ChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { TopK } from '../../shared/screen/top-k.ts';
import { chunkResult, madeUpLogits, RUN_ID, STUDENT_HASH } from '../chunk-results.ts';

const SIZE = 1000;
const TOP = 5;
const logits = madeUpLogits(SIZE, 3);

function expectation(chunkCount: number): MergeExpectation {
  const chunks = Array.from({ length: chunkCount }, (_, chunk) => ({
    chunk,
    start: Math.floor((chunk * SIZE) / chunkCount),
    end: Math.floor(((chunk + 1) * SIZE) / chunkCount),
  }));
  return { runId: RUN_ID, studentHash: STUDENT_HASH, compositions: SIZE, chunks, merger: () => new TopK(TOP) };
}

const store = (result: ChunkResult): StoredChunk => ({
  name: `${String(result.chunk).padStart(6, '0')}.bin`,
  chunk: result.chunk,
  bytes: encodeChunkResult(result),
});

const plan = expectation(10);
const results = plan.chunks.map((range) => chunkResult(range, logits, TOP));
const stored = results.map(store);

describe('mergeChunks', () => {
  it('ranks as one sort of everything would', async () => {
    const { best, screened, passed } = await mergeChunks(plan, stored);
    const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b).slice(0, TOP);
    expect([...best.indices]).toEqual(order);
    expect([...best.logits]).toEqual(order.map((i) => logits[i]));
    expect(screened).toBe(SIZE);
    expect(passed).toBe(logits.filter((logit) => logit >= 0).length);
  });

  it.each([1, 3, 250, 1000])('gives the same from %i chunks as from 10, in any order', async (count) => {
    const other = expectation(count);
    const chunks = other.chunks.map((range) => store(chunkResult(range, logits, TOP)));
    expect(await mergeChunks(other, shuffle(chunks, createRandom(count)))).toEqual(await mergeChunks(plan, stored));
  });

  it('names every chunk that is missing', async () => {
    const some = stored.filter((_, i) => i !== 3 && i !== 8);
    await expect(mergeChunks(plan, some)).rejects.toThrow(
      `run ${RUN_ID}: the results are not those of the whole space: chunk 3 is missing; chunk 8 is missing. `,
    );
  });

  it('names a chunk that is doubled, and the one whose place it takes', async () => {
    const doubled = stored.map((chunk, i) => (i === 4 ? { ...chunk, bytes: stored[2].bytes } : chunk));
    await expect(mergeChunks(plan, doubled)).rejects.toThrow('000004.bin is a double of chunk 2');
    await expect(mergeChunks(plan, [...stored, stored[5]])).rejects.toThrow('000005.bin is a double of chunk 5');
    const copy = { ...stored[6], name: 'copy of 000006.bin', chunk: undefined };
    await expect(mergeChunks(plan, [copy, ...stored])).rejects.toThrow('copy of 000006.bin is a double of chunk 6');
  });

  it('names a chunk that is damaged, and does not call it missing as well', async () => {
    const bytes = stored[6].bytes.slice();
    bytes[300] ^= 4;
    const merge = mergeChunks(plan, stored.with(6, { ...stored[6], bytes }));
    await expect(merge).rejects.toThrow('000006.bin is damaged: the SHA-256 of the content is');
    await expect(merge).rejects.not.toThrow('chunk 6 is missing');
  });

  it.each([
    ['of another run', { runId: 'f'.repeat(20) }, `000001.bin is of run ${'f'.repeat(20)}, not ${RUN_ID}`],
    ['from another model', { studentHash: 'cd'.repeat(32) }, `000001.bin is scored by student ${'cd'.repeat(32)}`],
    ['of another range', { end: 201 }, '000001.bin holds [100, 201), where chunk 1 is [100, 200)'],
    ['incomplete', { screened: 99 }, '000001.bin screened 99 of 100 compositions'],
    ['of no chunk of the plan', { chunk: 10 }, '000001.bin is chunk 10, which the plan has not'],
  ])('names a chunk that is %s', async (_, change, message) => {
    const other = { ...stored[1], bytes: encodeChunkResult({ ...results[1], ...change }) };
    await expect(mergeChunks(plan, stored.with(1, other))).rejects.toThrow(message);
  });

  it('refuses a plan whose chunks do not tile the space', async () => {
    const { chunks } = plan;
    const gap = { ...plan, chunks: chunks.with(2, { chunk: 2, start: 201, end: 300 }) };
    await expect(mergeChunks(gap, [])).rejects.toThrow('chunk 2 of the plan is [201, 300) and should begin at 200');
    await expect(mergeChunks({ ...plan, compositions: 1001 }, stored)).rejects.toThrow('the plan ends at 1000 of 1001');
  });

  it('lists ten problems at most and counts the rest', async () => {
    const many = expectation(100);
    await expect(mergeChunks(many, [])).rejects.toThrow('chunk 9 is missing; and 90 more. ');
  });
});
