import { type Arrangement, arrange, newArrangement } from './arrangement.ts';
import type { IonTable } from './ions.ts';

/**
 * Visit every system of `arity` ions that contains the mobile ion and has an assignment that passes the Pauling test,
 * in a fixed order. The arrangement is scratch: copy what is kept.
 */
export function forEachSystem(table: IonTable, arity: number, visit: (arrangement: Arrangement) => void): void {
  const { cation, anion, mobile } = table;
  if (mobile < 0) return;
  const rows = new Uint8Array(arity);
  const arrangement = newArrangement();
  // Filled from the most electronegative ion down: below an ion that cannot be negative, all must be positive.
  const choose = (column: number, above: number, allNegative: boolean): void => {
    if (column < 0) {
      if (arrange(table, rows, arity, arrangement)) visit(arrangement);
      return;
    }
    const mobileLeft = above > mobile; // it is not chosen yet, so no ion below it may be
    for (let row = above - 1; row >= column; row--) {
      if (mobileLeft && row < mobile) break;
      if (mobileLeft && column === 0 && row !== mobile) continue;
      const canBeNegative = anion[row] > 0;
      if (!canBeNegative && column === arity - 1) continue;
      if (!allNegative && cation[row] === 0) continue;
      rows[column] = row;
      choose(column - 1, row, allNegative && canBeNegative);
    }
  };
  choose(arity - 1, table.atomicNumbers.length, true);
}
