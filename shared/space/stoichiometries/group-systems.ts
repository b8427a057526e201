import { splitStates } from './arrangement.ts';
import { countStoichiometries } from './count-stoichiometries.ts';
import type { IonTable } from './ions.ts';
import { KeyIndex } from './key-index.ts';
import type { ChargeStates } from './sumsets.ts';
import { forEachSystem } from './systems.ts';

/** The classes of one arity while the space is built. */
export interface ClassGroup {
  readonly arity: number;
  readonly keys: KeyIndex;
  readonly classes: readonly CountedClass[]; // those with compositions, in canonical order
}

export interface CountedClass {
  readonly number: number; // in `keys`
  readonly arity: number;
  readonly splits: readonly ChargeStates[];
  readonly systems: number;
  readonly stoichiometries: number;
  systemsOffset: number;
}

/**
 * Enumerate the systems of one arity, sort them into classes and count each class's stoichiometries.
 */
export function groupSystems(table: IonTable, arity: number, maxCoefficient: number): ClassGroup {
  const keys = new KeyIndex();
  const systems: number[] = [];
  const splits: ChargeStates[][] = [];
  forEachSystem(table, arity, (arrangement) => {
    const number = keys.add(arrangement.high, arrangement.low);
    if (number === systems.length) {
      systems.push(0);
      splits.push(splitStates(table, arrangement, arity));
    }
    systems[number]++;
  });
  const counts = countStoichiometries(splits, maxCoefficient);
  const numbers = systems.map((_, number) => number).filter((number) => counts[number] > 0);
  numbers.sort((a, b) => keys.compare(a, b)); // by key, not by appearance: neighbours share most columns
  const classes = numbers.map((number) => ({
    number,
    arity,
    splits: splits[number],
    systems: systems[number],
    stoichiometries: counts[number],
    systemsOffset: 0,
  }));
  return { arity, keys, classes };
}

/**
 * Write the systems of a group, row after row, where their classes begin.
 *
 * @param systems rows of atomic numbers in column order
 */
export function writeSystems(table: IonTable, { arity, keys, classes }: ClassGroup, systems: Uint8Array): void {
  const next = new Float64Array(keys.size).fill(-1); // byte offset of the next row by class number, -1 = no compositions
  for (const { number, systemsOffset } of classes) next[number] = systemsOffset;
  forEachSystem(table, arity, ({ columns, high, low }) => {
    const number = keys.add(high, low);
    const start = next[number];
    if (start < 0) return;
    for (let c = 0; c < arity; c++) systems[start + c] = table.atomicNumbers[columns[c]];
    next[number] = start + arity;
  });
}
