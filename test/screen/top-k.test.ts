import { describe, expect, it } from 'vitest';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { TopK } from '../../shared/screen/top-k.ts';

/** Entries with many ties: few distinct logits. */
function entries(count: number, seed: number): { index: number; logit: number }[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    index,
    logit: Math.fround(randomInteger(random, 40) / 7 - 3),
  }));
}

function best(list: readonly { index: number; logit: number }[], k: number): { index: number; logit: number }[] {
  return [...list].sort((a, b) => b.logit - a.logit || a.index - b.index).slice(0, k);
}

function ranked(top: TopK): { index: number; logit: number }[] {
  const { indices, logits } = top.ranked();
  return Array.from(indices, (index, i) => ({ index, logit: logits[i] }));
}

describe('TopK', () => {
  it('gives equal logits by ascending index', () => {
    const top = new TopK(2);
    for (const index of [7, 3, 9, 5]) top.offer(index, 1);
    expect(ranked(top)).toEqual([
      { index: 3, logit: 1 },
      { index: 5, logit: 1 },
    ]);
  });

  it('is the head of a full sort, in whatever order entries arrive', () => {
    for (let seed = 0; seed < 60; seed++) {
      const list = entries(1 + seed * 11, seed);
      const k = 1 + (seed % 17);
      const top = new TopK(k);
      for (const { index, logit } of shuffle([...list], createRandom(seed + 1000))) top.offer(index, logit);
      expect(ranked(top)).toEqual(best(list, k));
    }
  });

  it('keeps everything while it is not full, beyond its first allocation', () => {
    const list = entries(5000, 4);
    const top = new TopK(1e9);
    for (const { index, logit } of list) top.offer(index, logit);
    expect(ranked(top)).toEqual(best(list, 5000));
    expect(top.floor).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has the worst kept logit as its floor once it is full', () => {
    const top = new TopK(3);
    for (const [index, logit] of [4, 2, 8, 6].entries()) top.offer(index, logit);
    expect(top.floor).toBe(4);
  });

  it('drains into another list and is empty then', () => {
    const [a, b] = [new TopK(2), new TopK(3)];
    a.offer(1, 5);
    a.offer(2, 6);
    b.offer(3, 7);
    a.drainInto(b);
    expect(ranked(b).map(({ index }) => index)).toEqual([3, 2, 1]);
    expect(ranked(a)).toEqual([]);
    expect(a.floor).toBe(Number.NEGATIVE_INFINITY);
  });
});
