import { bitCount } from './bits.ts';
import { type RightGrid, rightCompletions, rightGrid } from './completions.ts';
import { distinctParts, type Parts, slotCharge, slotSplit } from './distinct-parts.ts';
import type { ChargeStates } from './sumsets.ts';

/** One class with its columns in an order that is good for counting, which the count does not depend on. */
interface CountingTask {
  readonly class: number;
  readonly left: readonly ChargeStates[]; // one per split: the columns with fewest states
  readonly right: readonly ChargeStates[]; // one per split: the others
  readonly leftKey: string;
  readonly rightKey: string;
}

/**
 * For every class, the number of amount vectors with entries 1..maxCoefficient and greatest common divisor 1 that are
 * neutral in at least one split, without listing them.
 *
 * An amount vector is a left and a right part. Many left parts can carry the same charges, above all those of columns
 * with a single state: they are completed once, and classes share what is known of equal parts.
 *
 * @param classes splits of every class, all with the same number of columns
 * @returns shape (classes,)
 */
export function countStoichiometries(
  classes: readonly (readonly ChargeStates[])[],
  maxCoefficient: number,
): Float64Array {
  const counts = new Float64Array(classes.length);
  if (classes.length === 0) return counts;
  const grid = rightGrid((classes[0][0].length + 1) >> 1, maxCoefficient);
  const tasks = classes.map((splits, c) => countingTask(splits, c, grid.columns));
  const lefts = new Map<string, Parts>();
  const byRight = tasks.toSorted((a, b) => (a.rightKey < b.rightKey ? -1 : a.rightKey > b.rightKey ? 1 : 0));
  let rightKey: string | undefined;
  let right: CompletionRows | undefined; // of that key
  for (const task of byRight) {
    if (right === undefined || task.rightKey !== rightKey) right = completionRows(task.right, maxCoefficient, grid);
    rightKey = task.rightKey;
    const left = lefts.get(task.leftKey) ?? distinctParts(task.left, maxCoefficient);
    lefts.set(task.leftKey, left);
    counts[task.class] = countCompletions(left, right, grid);
  }
  return counts;
}

function countingTask(splits: readonly ChargeStates[], number: number, rightColumns: number): CountingTask {
  const keys = splits[0].map((_, c) => splits.map((states) => states[c].join(' ')).join('|'));
  const order = keys.map((_, c) => c);
  order.sort((a, b) => keys[a].length - keys[b].length || (keys[a] < keys[b] ? -1 : 1));
  const leftOrder = order.slice(0, order.length - rightColumns);
  const rightOrder = order.slice(order.length - rightColumns);
  return {
    class: number,
    left: splits.map((states) => leftOrder.map((c) => states[c])),
    right: splits.map((states) => rightOrder.map((c) => states[c])),
    leftKey: leftOrder.map((c) => keys[c]).join(','),
    rightKey: rightOrder.map((c) => keys[c]).join(','),
  };
}

/** Completions of all splits, one below the other. */
interface CompletionRows {
  readonly bits: Int32Array; // shape (rows, words)
  readonly counts: Int32Array; // shape (rows,), right parts of the row
  readonly splits: readonly {
    readonly first: number; // its first row
    readonly lowest: number; // charge of that row
    readonly charges: number; // its rows
  }[];
}

function completionRows(right: readonly ChargeStates[], maxCoefficient: number, { words }: RightGrid): CompletionRows {
  const tables = right.map((states) => rightCompletions(states, maxCoefficient));
  const firsts = [0];
  for (const [split, { charges }] of tables.entries()) firsts.push(firsts[split] + charges);
  const splits = tables.map(({ lowest, charges }, split) => ({ first: firsts[split], lowest, charges }));
  if (tables.length === 1) return { ...tables[0], splits };
  const rows = firsts[tables.length];
  const bits = new Int32Array(rows * words);
  const counts = new Int32Array(rows);
  for (const [split, table] of tables.entries()) {
    bits.set(table.bits, firsts[split] * words);
    counts.set(table.counts, firsts[split]);
  }
  return { bits, counts, splits };
}

function countCompletions(
  left: Parts,
  { bits, counts, splits }: CompletionRows,
  { words, coprime }: RightGrid,
): number {
  const { starts, slots, divisors, multiplicities } = left;
  const offsets = new Int32Array(counts.length + 3); // of the rows that complete the part, as countUnion takes them
  let total = 0;
  for (let part = 0; part < divisors.length; part++) {
    let rows = 0;
    let count = 0;
    for (let i = starts[part]; i < starts[part + 1]; i++) {
      const { first, lowest, charges } = splits[slotSplit(slots[i])];
      const row = -slotCharge(slots[i]) - lowest;
      if (row < 0 || row >= charges || counts[first + row] === 0) continue;
      count = counts[first + row];
      offsets[rows++] = (first + row) * words;
    }
    if (rows === 0) continue;
    if (rows > 1 || divisors[part] > 1) count = countUnion(bits, offsets, rows, coprime[divisors[part]]);
    total += multiplicities[part] * count;
  }
  return total;
}

/** Right parts in any of the rows and in the mask; four rows at a time, because this is where the time goes. */
function countUnion(bits: Int32Array, offsets: Int32Array, rows: number, mask: Int32Array): number {
  const padded = (rows + 3) & ~3;
  for (let r = rows; r < padded; r++) offsets[r] = offsets[0];
  let count = 0;
  for (let w = 0; w < mask.length; w++) {
    let union = 0;
    for (let r = 0; r < padded; r += 4) {
      union |= bits[offsets[r] + w] | bits[offsets[r + 1] + w] | bits[offsets[r + 2] + w] | bits[offsets[r + 3] + w];
    }
    count += bitCount(union & mask[w]);
  }
  return count;
}
