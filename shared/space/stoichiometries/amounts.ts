import { bitCount, lowestBit } from './bits.ts';
import {
  type Completions,
  divisors,
  packedAmounts,
  type RightGrid,
  rightCompletions,
  rightGrid,
} from './completions.ts';
import { keptByStates } from './kept-by-states.ts';
import { type ChargeStates, chargeSumsets, type Sumsets } from './sumsets.ts';

/**
 * All amount vectors of k columns as pairs of a left and a right part. The vectors that complete a left part are a set
 * of right parts, held as a bitset: one OR per charge of the left part finds them all.
 */
interface Halves {
  readonly left: readonly Sumsets[]; // one per split
  readonly right: readonly Completions[]; // one per split
  readonly grid: RightGrid;
  readonly leftDivisors: Uint8Array; // greatest common divisor of each left part
}

/**
 * Amount vectors with entries 1..maxCoefficient and greatest common divisor 1 that are neutral in at least one split,
 * in lexicographic order.
 *
 * @param splits alternatives, each shape (k, states)
 * @param memory that they are written into, good until it is written again
 * @returns shape (V, k) row-major
 */
export function listStoichiometries(
  splits: readonly ChargeStates[],
  maxCoefficient: number,
  memory = new RowMemory(),
): Uint8Array {
  const halves = halvesOf(splits, maxCoefficient);
  const arity = splits[0].length;
  const { columns, words, parts } = halves.grid;
  const leftColumns = arity - columns;
  const found = new Int32Array(words);
  let end = 0;
  for (let l = 0; l < halves.leftDivisors.length; l++) {
    if (!completeLeft(halves, l, found)) continue;
    const left = packedAmounts(l, maxCoefficient, leftColumns);
    const rows = memory.room(end, 32 * words * arity);
    for (let w = 0; w < words; w++) {
      for (let bits = found[w]; bits !== 0; bits &= bits - 1) {
        // each write goes on beyond its part, into what the next one overwrites
        rows.setInt32(end, left, true);
        rows.setInt32(end + leftColumns, parts[32 * w + lowestBit(bits)], true);
        end += arity;
      }
    }
  }
  return memory.rows(end);
}

/** Memory for the rows of one class after another, which grows. */
export class RowMemory {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);

  /** All of it, after it has grown if there was no room for more bytes after those that are used. */
  room(used: number, more: number): DataView {
    const least = used + more + Int32Array.BYTES_PER_ELEMENT;
    if (this.bytes.length < least) {
      const earlier = this.bytes;
      this.bytes = new Uint8Array(2 * least);
      this.bytes.set(earlier);
      this.view = new DataView(this.bytes.buffer);
    }
    return this.view;
  }

  /** The first bytes of it. */
  rows(end: number): Uint8Array {
    return this.bytes.subarray(0, end);
  }
}

/**
 * One row of {@link listStoichiometries} without listing the others.
 *
 * @param v number of the row, less than the count
 */
export function stoichiometryAt(splits: readonly ChargeStates[], maxCoefficient: number, v: number): number[] {
  const halves = halvesOf(splits, maxCoefficient);
  const arity = splits[0].length;
  const { columns, words } = halves.grid;
  const found = new Int32Array(words);
  let left = v;
  for (let l = 0; l < halves.leftDivisors.length; l++) {
    if (!completeLeft(halves, l, found)) continue;
    for (let w = 0; w < words; w++) {
      const count = bitCount(found[w]);
      if (left >= count) {
        left -= count;
        continue;
      }
      let bits = found[w];
      for (; left > 0; left--) bits &= bits - 1;
      const row = new DataView(new ArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
      row.setInt32(0, packedAmounts(l, maxCoefficient, arity - columns), true);
      row.setInt32(arity - columns, halves.grid.parts[32 * w + lowestBit(bits)], true);
      return [...new Uint8Array(row.buffer, 0, arity)];
    }
  }
  throw new RangeError(`a class has no stoichiometry ${v}`);
}

/**
 * Number of an amount vector in {@link listStoichiometries}, or undefined if it is not among them.
 *
 * @param amounts shape (k,), entries 1..maxCoefficient
 */
export function stoichiometryRank(
  splits: readonly ChargeStates[],
  maxCoefficient: number,
  amounts: readonly number[],
): number | undefined {
  const halves = halvesOf(splits, maxCoefficient);
  const { columns, words } = halves.grid;
  const found = new Int32Array(words);
  const number = (digits: readonly number[]) => digits.reduce((value, n) => value * maxCoefficient + n - 1, 0);
  const left = number(amounts.slice(0, amounts.length - columns));
  const right = number(amounts.slice(amounts.length - columns));
  let rank = 0;
  for (let l = 0; l < left; l++) {
    if (!completeLeft(halves, l, found)) continue;
    for (let w = 0; w < words; w++) rank += bitCount(found[w]);
  }
  if (!completeLeft(halves, left, found)) return undefined;
  const word = right >> 5;
  const bit = 1 << (right & 31);
  if ((found[word] & bit) === 0) return undefined;
  for (let w = 0; w < word; w++) rank += bitCount(found[w]);
  return rank + bitCount(found[word] & (bit - 1));
}

let latest: { splits: readonly ChargeStates[]; maxCoefficient: number; halves: Halves } | undefined;

/** Halves of a class, kept until another class is asked for: look-ups come in runs. */
function halvesOf(splits: readonly ChargeStates[], maxCoefficient: number): Halves {
  if (latest?.splits !== splits || latest.maxCoefficient !== maxCoefficient) {
    latest = { splits, maxCoefficient, halves: prepareHalves(splits, maxCoefficient) };
  }
  return latest.halves;
}

function prepareHalves(splits: readonly ChargeStates[], maxCoefficient: number): Halves {
  const columns = (splits[0].length + 1) >> 1;
  const leftColumns = splits[0].length - columns;
  const grid = rightGrid(columns, maxCoefficient);
  return {
    left: splits.map((states) => leftSumsets(states.slice(0, leftColumns), maxCoefficient)),
    right: splits.map((states) => rightCompletions(states.slice(leftColumns), maxCoefficient)),
    grid,
    leftDivisors: divisors(leftColumns, maxCoefficient),
  };
}

const leftSumsets = keptByStates(chargeSumsets, ({ sums, starts }) => sums.buffer.byteLength + starts.byteLength);

function addBits(found: Int32Array, bits: Int32Array, offset: number): void {
  for (let w = 0; w < found.length; w++) found[w] |= bits[offset + w];
}

/**
 * Set `found` to the right parts that make left part `l` neutral in some split, without common divisor.
 *
 * @returns false if there are none, which holds for most left parts; `found` is then unspecified
 */
function completeLeft({ left, right, grid, leftDivisors }: Halves, l: number, found: Int32Array): boolean {
  const { words } = grid;
  let isAny = false;
  for (let split = 0; split < left.length; split++) {
    const { starts, sums } = left[split];
    const { bits, lowest, charges } = right[split];
    for (let i = starts[l]; i < starts[l + 1]; i++) {
      const row = -sums[i] - lowest;
      if (row < 0 || row >= charges) continue;
      if (!isAny) found.fill(0);
      isAny = true;
      addBits(found, bits, row * words);
    }
  }
  const divisor = leftDivisors[l];
  if (!isAny || divisor === 1) return isAny;
  const coprime = grid.coprime[divisor];
  for (let w = 0; w < words; w++) found[w] &= coprime[w];
  return true;
}
