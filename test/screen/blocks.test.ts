import { describe, expect, it } from 'vitest';
import { defaultChunkCount } from '../../shared/planning/chunk-count.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { BATCH_ROWS, batchesOf, type ClassShape, cutIntoChunks } from '../../shared/screen/blocks.ts';

/** Class sizes from one system of one stoichiometry up to systems beyond the size of a batch. */
function shapes(seed: number, count = 12): ClassShape[] {
  const random = createRandom(seed);
  let offset = 0;
  return Array.from({ length: count }, () => {
    const stoichiometries = 1 + Math.floor(3 * BATCH_ROWS * random() ** 6);
    const shape = { systems: 1 + randomInteger(random, 60), stoichiometries, offset };
    offset += shape.systems * stoichiometries;
    return shape;
  });
}

function sizeOf(classes: readonly ClassShape[]): number {
  return classes.reduce((sum, { systems, stoichiometries }) => sum + systems * stoichiometries, 0);
}

const blocksOf = (classes: readonly ClassShape[]): number => cutIntoChunks(classes, 1e9).length;

describe('cutIntoChunks', () => {
  it('tiles the space with exactly as many chunks as asked for', () => {
    for (let seed = 0; seed < 20; seed++) {
      const classes = shapes(seed);
      for (const count of [1, 2, 7, blocksOf(classes)]) {
        const chunks = cutIntoChunks(classes, count);
        expect(chunks.map(({ chunk }) => chunk)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(chunks.map(({ start }) => start)).toEqual([0, ...chunks.slice(0, -1).map(({ end }) => end)]);
        expect(chunks[count - 1].end).toBe(sizeOf(classes));
        expect(chunks.every(({ start, end }) => start < end)).toBe(true);
      }
    }
  });

  it('makes as many chunks as there are blocks if more are asked for', () => {
    const classes = [{ systems: 3, stoichiometries: BATCH_ROWS, offset: 0 }];
    expect(cutIntoChunks(classes, 1000)).toHaveLength(3);
  });

  it('makes chunks of about equal size', () => {
    const classes = shapes(3, 400);
    const sizes = cutIntoChunks(classes, 5).map(({ start, end }) => end - start);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(8 * BATCH_ROWS);
  });

  it('makes chunks of about equal work where systems take other times than their size says', () => {
    const small = { systems: 1000, stoichiometries: 5000, offset: 0 };
    const large = { systems: 1000, stoichiometries: 1e6, offset: 5e6 };
    const work = ({ stoichiometries }: ClassShape): number => Math.min(5000, stoichiometries);
    const chunks = cutIntoChunks([small, large], 10, work);
    expect(chunks.map(({ end }) => end)).toEqual([1e6, 2e6, 3e6, 4e6, 5e6, 205e6, 405e6, 605e6, 805e6, 1005e6]);
  });
});

describe('batchesOf', () => {
  it('gives the same batches however the space is cut', () => {
    for (let seed = 0; seed < 20; seed++) {
      const classes = shapes(seed);
      const whole = [...batchesOf(classes, 0, sizeOf(classes))];
      for (const count of [2, 9, 1e6]) {
        const cut = cutIntoChunks(classes, count).flatMap(({ start, end }) => [...batchesOf(classes, start, end)]);
        expect(cut).toEqual(whole);
      }
    }
  });

  it('covers every composition once, in index order, with at most BATCH_ROWS at a time', () => {
    const classes = shapes(5);
    let next = 0;
    for (const { classNumber, firstSystem, systems, firstStoichiometry, stoichiometries } of batchesOf(
      classes,
      0,
      sizeOf(classes),
    )) {
      const { offset, stoichiometries: perSystem } = classes[classNumber];
      expect(offset + firstSystem * perSystem + firstStoichiometry).toBe(next);
      expect(systems * stoichiometries).toBeLessThanOrEqual(BATCH_ROWS);
      next += systems * stoichiometries;
    }
    expect(next).toBe(sizeOf(classes));
  });

  it('refuses a range that cuts a block of systems', () => {
    const classes = [{ systems: 10, stoichiometries: BATCH_ROWS / 2, offset: 0 }];
    expect(() => [...batchesOf(classes, BATCH_ROWS / 2, BATCH_ROWS)]).toThrow(RangeError);
    expect(() => [...batchesOf(classes, 0, BATCH_ROWS / 2)]).toThrow(RangeError);
  });
});

it('cuts a space of 1e8 into 25 chunks and one of 1e12 into 10,000', () => {
  expect(defaultChunkCount(1e8, 4e6)).toBe(25);
  expect(defaultChunkCount(1e12, 4e6)).toBe(10_000);
  expect(defaultChunkCount(1, 4e6)).toBe(1);
  expect(defaultChunkCount(0, 4e6)).toBe(1);
});
