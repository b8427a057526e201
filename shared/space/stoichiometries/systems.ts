import { type Arrangement, arrange, newArrangement } from './arrangement.ts';
import type { IonTable } from './ions.ts';

/**
 * Visit every system of `arity` ions that contains the mobile ion and has an assignment that passes the Pauling test,
 * in a fixed order. The arrangement is scratch: copy what is kept.
 */
export function forEachSystem(table: IonTable, arity: number, visit: (arrangement: Arrangement) => void): void {
  if (table.mobile < 0) return;
  const rows = new Uint8Array(arity);
  const arrangement = newArrangement();
  const visitRows = (): void => {
    if (arrange(table, rows, arity, arrangement)) visit(arrangement);
  };
  chooseIons({ table, rows, visitRows }, arity - 1, table.atomicNumbers.length, true);
}

interface Search {
  readonly table: IonTable;
  readonly rows: Uint8Array; // shape (arity,), filled from the most electronegative ion down
  readonly visitRows: () => void;
}

/** @param above row of the ion on the right @param allNegative whether all on the right can be negative: else none here need be */
function chooseIons(search: Search, column: number, above: number, allNegative: boolean): void {
  if (column < 0) {
    search.visitRows();
    return;
  }
  const { mobile, anion } = search.table;
  const mobileLeft = above > mobile; // it is not chosen yet, so no ion below it may be
  const first = mobileLeft && column === 0 ? mobile : above - 1;
  const last = mobileLeft ? Math.max(column, mobile) : column;
  for (let row = first; row >= last; row--) {
    if (!mayStand(search, row, column, allNegative)) continue;
    search.rows[column] = row;
    chooseIons(search, column - 1, row, allNegative && anion[row] > 0);
  }
}

/** The rightmost ion has to be negative; below one that cannot be negative, all must be positive. */
function mayStand({ table, rows }: Search, row: number, column: number, allNegative: boolean): boolean {
  return (table.anion[row] > 0 || column < rows.length - 1) && (allNegative || table.cation[row] > 0);
}
