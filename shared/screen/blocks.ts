import type { StoichiometryClass } from '../space/space.ts';

/**
 * Compositions that one call of the student scores, at most: what its layers pass on then stays in the cache of a core.
 * With 8,192 the rate is a fifth lower; from 2,048 to 4,096 it is the same, below it falls.
 */
export const BATCH_ROWS = 4096;

/** Systems that are encoded together, about; one by one they take ten times as long. */
export const ENCODED = 128;

/** What batching needs to know of a stoichiometry class. */
export type ClassShape = Pick<StoichiometryClass, 'systems' | 'stoichiometries' | 'offset'>;

/** Compositions with index in [start, end): whole blocks of systems. */
export interface ChunkRange {
  readonly chunk: number; // position in the plan, from 0
  readonly start: number; // inclusive
  readonly end: number; // exclusive
}

/** Systems that are scored together with all their stoichiometries. */
export interface Block {
  readonly classNumber: number;
  readonly firstSystem: number; // within the class
  readonly systems: number;
}

/**
 * One call of the student: consecutive systems of a class by consecutive stoichiometries. Products of other shapes may
 * round differently, so every batch lies at a fixed position of its class, whatever the chunks are.
 */
export interface Batch extends Block {
  readonly firstStoichiometry: number;
  readonly stoichiometries: number;
}

/** Systems of a class that are scored together: one block. The last block of a class may be shorter. */
export function systemsPerBlock({ stoichiometries }: ClassShape): number {
  return Math.max(1, Math.floor(BATCH_ROWS / stoichiometries));
}

/** The batches of the compositions [start, end), in index order; see {@link blocksOf}. */
export function* batchesOf(classes: readonly ClassShape[], start: number, end: number): Generator<Batch> {
  for (const block of blocksOf(classes, start, end)) yield* blockBatches(classes[block.classNumber], block);
}

/**
 * The blocks of the compositions [start, end), in index order.
 *
 * @param start first composition of a block
 * @param end first composition of a later block, or the size of the space
 */
export function* blocksOf(classes: readonly ClassShape[], start: number, end: number): Generator<Block> {
  let classNumber = lastAtOrBelow(classes.length, (c) => classes[c].offset, start);
  for (let index = start; index < end; classNumber++) {
    const cls = classes[classNumber];
    const perBlock = systemsPerBlock(cls);
    let system = (index - cls.offset) / cls.stoichiometries;
    const stop = Math.min(cls.systems, (end - cls.offset) / cls.stoichiometries);
    if (system % perBlock !== 0 || (stop !== cls.systems && stop % perBlock !== 0))
      throw new RangeError(`compositions ${start} to ${end} cut a block of systems in class ${classNumber}`);
    for (; system < stop; system += perBlock) {
      yield { classNumber, firstSystem: system, systems: Math.min(perBlock, stop - system) };
    }
    index = cls.offset + stop * cls.stoichiometries;
  }
}

/** One batch, or several of nearly equal size where a single system has more stoichiometries than a batch holds. */
export function* blockBatches({ stoichiometries }: ClassShape, block: Block): Generator<Batch> {
  const { classNumber, firstSystem, systems } = block;
  const pieces = Math.ceil(stoichiometries / BATCH_ROWS);
  for (let piece = 0; piece < pieces; piece++) {
    const first = Math.floor((piece * stoichiometries) / pieces);
    const next = Math.floor(((piece + 1) * stoichiometries) / pieces);
    yield { classNumber, firstSystem, systems, firstStoichiometry: first, stoichiometries: next - first };
  }
}

/**
 * Cut a space into chunks of whole blocks with about equally much work.
 *
 * @param count chunks wanted; as many as there are blocks are made if it is more
 * @param workOf a system of a class, in compositions scored; every composition of it unless told otherwise
 * @returns ranges in index order that tile [0, size of the space)
 */
export function cutIntoChunks(
  classes: readonly ClassShape[],
  count: number,
  workOf: (cls: ClassShape) => number = ({ stoichiometries }) => stoichiometries,
): ChunkRange[] {
  const firstBlocks = [0]; // by class, and the total at the end
  const workBefore = [0]; // the same
  for (const [c, cls] of classes.entries()) {
    firstBlocks.push(firstBlocks[c] + Math.ceil(cls.systems / systemsPerBlock(cls)));
    workBefore.push(workBefore[c] + cls.systems * workOf(cls));
  }
  const work = workBefore[classes.length];
  const blocks = firstBlocks[classes.length];
  const last = classes[classes.length - 1];
  const size = last.offset + last.systems * last.stoichiometries;
  const chunks = Math.min(count, blocks);

  const startOf = (block: number): number => {
    if (block === blocks) return size;
    const c = lastAtOrBelow(classes.length, (i) => firstBlocks[i], block);
    return classes[c].offset + (block - firstBlocks[c]) * systemsPerBlock(classes[c]) * classes[c].stoichiometries;
  };
  const blockAfter = (done: number): number => {
    const c = lastAtOrBelow(classes.length, (i) => workBefore[i], done);
    const system = Math.floor((done - workBefore[c]) / workOf(classes[c]));
    return firstBlocks[c] + Math.floor(system / systemsPerBlock(classes[c]));
  };

  const ranges: ChunkRange[] = [];
  let block = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const wanted = chunk + 1 === chunks ? blocks : blockAfter(Math.floor((work / chunks) * (chunk + 1)));
    // at least one block for this chunk and for each that follows
    const next = Math.min(Math.max(wanted, block + 1), blocks - (chunks - chunk - 1));
    ranges.push({ chunk, start: startOf(block), end: startOf(next) });
    block = next;
  }
  return ranges;
}

/** The largest i in [0, length) with value(i) <= bound, by bisection; value ascends and value(0) <= bound. */
function lastAtOrBelow(length: number, value: (i: number) => number, bound: number): number {
  let low = 0;
  let high = length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (value(middle) <= bound) low = middle;
    else high = middle;
  }
  return low;
}
