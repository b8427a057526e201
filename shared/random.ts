/** Seeded source of uniform numbers in [0, 1). */
export type Random = () => number;

/** A source whose place in the sequence can be kept and returned to. */
export interface ResumableRandom {
  (): number;
  /** What {@link resumeRandom} goes on from, shape (4,). */
  state(): Int32Array;
}

/**
 * Small fast counting generator (sfc32), 128 bits of state, seeded from one integer.
 *
 * @param seed any integer; equal seeds give equal sequences on every platform
 * @see C. Doty-Humphrey, PractRand, http://pracrand.sourceforge.net
 */
export function createRandom(seed: number): ResumableRandom {
  const random = resumeRandom(Int32Array.of(0x9e3779b9 ^ seed, 0x243f6a88, Math.floor(seed / 0x100000000), 1));
  for (let i = 0; i < 16; i++) random(); // spread the seed over the whole state
  return random;
}

/** Go on with a sequence where {@link ResumableRandom.state} was taken. */
export function resumeRandom(state: Int32Array): ResumableRandom {
  let [a, b, c, counter] = state;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 0x100000000;
  };
  return Object.assign(next, { state: () => Int32Array.of(a, b, c, counter) });
}

/** Uniform integer in [0, bound). */
export function randomInteger(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

/** Fisher–Yates shuffle in place; returns its argument. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    const swap = items[i];
    items[i] = items[j];
    items[j] = swap;
  }
  return items;
}

/** One draw from the standard normal distribution (Box–Muller, cosine branch). */
export function randomNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
