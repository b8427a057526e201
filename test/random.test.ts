import { describe, expect, it } from 'vitest';
import { createRandom, randomInteger, randomNormal, shuffle } from '../shared/random.ts';

/** The published sfc32 in BigInt arithmetic, after the same seeding. */
function* reference(seed: number): Generator<number> {
  const mask = 0xffffffffn;
  const word = (value: number): bigint => BigInt(value) & mask;
  let a = 0x9e3779b9n ^ word(seed);
  let b = 0x243f6a88n;
  let c = word(Math.floor(seed / 2 ** 32));
  let counter = 1n;
  for (let i = 0; ; i++) {
    const sum = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
    if (i >= 16) yield Number(sum) / 2 ** 32;
  }
}

describe('random numbers', () => {
  it.each([0, 1, 42, -1, 2 ** 31, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER])('are those of sfc32 for seed %i', (seed) => {
    const random = createRandom(seed);
    const expected = reference(seed);
    for (let i = 0; i < 1000; i++) expect(random()).toBe(expected.next().value);
  });

  it('differ between seeds, also between those that differ above 32 bits', () => {
    const first = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 33].map((seed) => createRandom(seed)());
    expect(new Set(first).size).toBe(first.length);
  });

  it('are uniform in [0, 1)', () => {
    const random = createRandom(3);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[Math.floor(16 * random())]++;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(counts).toHaveLength(16);
    expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom, 99.9 %
  });

  it('give every integer below a bound, and nothing else', () => {
    const random = createRandom(4);
    const drawn = Array.from({ length: 500 }, () => randomInteger(random, 5));
    expect([...new Set(drawn)].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(randomInteger(() => 1 - 2 ** -32, 2 ** 32)).toBe(2 ** 32 - 1);
    expect(randomInteger(random, 1)).toBe(0);
  });

  it('give normal deviates of mean 0 and variance 1, finite at both ends', () => {
    const random = createRandom(5);
    const drawn = Array.from({ length: 40_000 }, () => randomNormal(random));
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(randomNormal(() => 0))).toBe(0);
    expect(Number.isFinite(randomNormal(() => 1 - 2 ** -32))).toBe(true);
  });
});

describe('shuffle', () => {
  it('permutes in place, the same way for the same seed', () => {
    const items = Uint32Array.from({ length: 100 }, (_, i) => i);
    const shuffled = shuffle(items, createRandom(6));
    expect(shuffled).toBe(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled]).toEqual([
      ...shuffle(
        Array.from({ length: 100 }, (_, i) => i),
        createRandom(6),
      ),
    ]);
    expect([...shuffled]).not.toEqual([
      ...shuffle(
        Array.from({ length: 100 }, (_, i) => i),
        createRandom(7),
      ),
    ]);
  });

  it('puts every item in every place equally often', () => {
    const random = createRandom(8);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('takes nothing and a single item', () => {
    expect(shuffle([], createRandom(1))).toEqual([]);
    expect(shuffle(['a'], createRandom(1))).toEqual(['a']);
  });
});
