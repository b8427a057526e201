import type { IonTable } from './ions.ts';
import type { ChargeStates } from './sumsets.ts';

/**
 * How the elements of one system can share out charges. The Pauling test lets only a beginning of the elements, by
 * electronegativity, be positive and the rest negative, so every assignment belongs to a split between two elements of
 * different electronegativity. Columns between two neighbouring splits play the same part and are sorted by code:
 * systems with equal keys allow the same assignments, column by column.
 */
export interface Arrangement {
  readonly columns: Uint8Array; // shape (8,), rows of the ion table in canonical column order; the first `arity` count
  high: number; // key: codes of columns 0-3 and the first splits, unsigned 32 bits
  low: number; // key: codes of columns 4-7 and the other splits, unsigned 32 bits
  splits: number; // bit p: columns 0 to p - 1 positive and the others negative is possible
}

/** Scratch for {@link arrange}. */
export function newArrangement(): Arrangement {
  return { columns: new Uint8Array(8), high: 0, low: 0, splits: 0 };
}

/**
 * Arrange one system; called once per system of a space, millions of times.
 *
 * @param rows shape (arity,), rows of the ion table, ascending
 * @returns false if no assignment passes the Pauling test; `target` is then unspecified
 */
export function arrange(table: IonTable, rows: Uint8Array, arity: number, target: Arrangement): boolean {
  const splits = possibleSplits(table, rows, arity);
  target.splits = splits;
  if (splits === 0) return false;
  const { columns } = target;
  for (let c = 0; c < arity; c++) columns[c] = rows[c];
  target.high = splits & 0xf;
  target.low = splits >>> 4;
  const last = 31 - Math.clz32(splits);
  let start = 0;
  for (let p = 1; p <= arity; p++) {
    if (p < arity && (splits & (1 << p)) === 0) continue;
    const codes = start === 0 ? table.cation : start === last ? table.anion : table.both;
    sortByCode(columns, codes, start, p);
    packCodes(target, codes, start, p);
    start = p;
  }
  target.high >>>= 0;
  target.low >>>= 0;
  return true;
}

function packCodes(target: Arrangement, codes: Uint8Array, start: number, end: number): void {
  const { columns } = target;
  let { high, low } = target;
  for (let c = start; c < end; c++) {
    if (c < 4) high = (high << 7) | codes[columns[c]];
    else low = (low << 7) | codes[columns[c]];
  }
  target.high = high;
  target.low = low;
}

function possibleSplits({ cation, anion, electronegativity }: IonTable, rows: Uint8Array, arity: number): number {
  let positive = 0; // leading elements that can all be positive
  while (positive < arity && cation[rows[positive]] > 0) positive++;
  let splits = 0;
  for (let p = arity - 1; p >= 1 && anion[rows[p]] > 0; p--) {
    if (p <= positive && electronegativity[rows[p - 1]] < electronegativity[rows[p]]) splits |= 1 << p;
  }
  return splits;
}

/** Insertion sort, which keeps the order of equal codes. */
function sortByCode(columns: Uint8Array, codes: Uint8Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const column = columns[i];
    let j = i;
    for (; j > start && codes[columns[j - 1]] > codes[column]; j--) columns[j] = columns[j - 1];
    columns[j] = column;
  }
}

/** Charge states by column of every possible split, with fewest positive columns first. */
export function splitStates(table: IonTable, { columns, splits }: Arrangement, arity: number): ChargeStates[] {
  const alternatives: ChargeStates[] = [];
  for (let p = 1; p < arity; p++) {
    if ((splits & (1 << p)) === 0) continue;
    const rows = [...columns.subarray(0, arity)];
    alternatives.push(rows.map((row, c) => (c < p ? table.cationStates[row] : table.anionStates[row])));
  }
  return alternatives;
}
