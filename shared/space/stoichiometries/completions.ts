import { greatestCommonDivisor } from '../../chemistry/formula.ts';
import { keptByStates } from './kept-by-states.ts';
import { chargeSumsets, type Sumsets } from './sumsets.ts';

/** Bitsets over right parts by the charge they can carry. */
export interface Completions {
  readonly bits: Int32Array; // shape (charges, words)
  readonly counts: Int32Array; // shape (charges,), right parts of each
  readonly lowest: number; // charge of the first row
  readonly charges: number; // rows
}

/** What depends on the number of right columns and the largest amount alone. */
export interface RightGrid {
  readonly columns: number;
  readonly words: number; // 32-bit words of a bitset over right parts
  readonly parts: Int32Array; // shape (right parts,), amounts of every right part, packed
  readonly coprime: readonly Int32Array[]; // by divisor of the left part: right parts that leave no common divisor
}

/** Completions of right columns with the given states; kept, because classes share many. */
export const rightCompletions = keptByStates(
  (states, maxCoefficient) => completions(chargeSumsets(states, maxCoefficient)),
  ({ bits, counts }) => bits.byteLength + counts.byteLength,
);

/** Bitsets of the right parts with the given charges. */
function completions({ starts, sums, lowest, highest }: Sumsets): Completions {
  const words = (starts.length + 30) >> 5; // one bit a vector, of which there are one less
  const charges = highest - lowest + 1;
  const bits = new Int32Array(charges * words);
  const counts = new Int32Array(charges);
  for (let v = 0; v + 1 < starts.length; v++) {
    const bit = 1 << (v & 31);
    for (let i = starts[v]; i < starts[v + 1]; i++) {
      const row = sums[i] - lowest;
      bits[row * words + (v >> 5)] |= bit;
      counts[row]++; // the charges of a part are distinct
    }
  }
  return { bits, counts, lowest, charges };
}

const knownDivisors = new Map<string, Uint8Array>(); // few, and asked for again with every class

/** Greatest common divisors of all amount vectors of some columns, in lexicographic order; 0 for the empty vector. */
export function divisors(columns: number, maxCoefficient: number): Uint8Array {
  const key = `${columns} ${maxCoefficient}`;
  const known = knownDivisors.get(key);
  if (known !== undefined) return known;
  let all = Uint8Array.of(0);
  for (let c = 0; c < columns; c++) {
    const next = new Uint8Array(all.length * maxCoefficient);
    for (let i = 0; i < next.length; i++) {
      next[i] = greatestCommonDivisor(all[(i / maxCoefficient) | 0], 1 + (i % maxCoefficient));
    }
    all = next;
  }
  knownDivisors.set(key, all);
  return all;
}

/**
 * The amounts of a number, its digits in base maxCoefficient, each plus 1: the first amount in the lowest byte.
 *
 * @param columns at most 4
 */
export function packedAmounts(value: number, maxCoefficient: number, columns: number): number {
  let packed = 0;
  let rest = value;
  for (let c = 0; c < columns; c++) {
    packed = (packed << 8) | (1 + (rest % maxCoefficient));
    rest = (rest / maxCoefficient) | 0;
  }
  return packed;
}

const grids = new Map<string, RightGrid>();

/** The grid of right parts with that many columns; kept, because all classes of an arity share it. */
export function rightGrid(columns: number, maxCoefficient: number): RightGrid {
  const key = `${columns} ${maxCoefficient}`;
  let grid = grids.get(key);
  if (grid === undefined) {
    const right = divisors(columns, maxCoefficient);
    const words = (right.length + 31) >> 5;
    const coprime = Array.from({ length: maxCoefficient + 1 }, (_, divisor) => coprimeBits(right, divisor, words));
    const parts = Int32Array.from(right, (_, v) => packedAmounts(v, maxCoefficient, columns));
    grid = { columns, words, parts, coprime };
    grids.set(key, grid);
  }
  return grid;
}

function coprimeBits(right: Uint8Array, divisor: number, words: number): Int32Array {
  const bits = new Int32Array(words);
  for (let v = 0; v < right.length; v++) {
    if (greatestCommonDivisor(divisor, right[v]) === 1) bits[v >> 5] |= 1 << (v & 31);
  }
  return bits;
}
