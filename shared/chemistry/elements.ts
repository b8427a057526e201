import { ELEMENT_COLUMNS } from './element-columns.ts';
import { ELEMENT_ROWS } from './element-table.ts';

/** The largest atomic number in the element table. */
export const MAX_ATOMIC_NUMBER = ELEMENT_ROWS.length;

/** Symbols by atomic number; entry 0 is empty. */
export const SYMBOLS: readonly string[] = ['', ...ELEMENT_ROWS.map(([symbol]) => symbol)];

const NUMBERS: ReadonlyMap<string, number> = new Map(ELEMENT_ROWS.map(([symbol], i) => [symbol, i + 1]));

/** Atomic number of a symbol such as `Li`, or undefined if the table has no such element. Case matters. */
export function atomicNumber(symbol: string): number | undefined {
  return NUMBERS.get(symbol);
}

/**
 * Values of one property by atomic number, shape (MAX_ATOMIC_NUMBER + 1,); NaN = unknown (and entry 0).
 *
 * @param name a name from {@link ELEMENT_COLUMNS}, where its unit and source stand
 */
export function elementProperty(name: string): Float64Array {
  const index = ELEMENT_COLUMNS.findIndex((column) => column.name === name);
  if (index < 0) throw new RangeError(`no element property ${name}`);
  return Float64Array.of(Number.NaN, ...ELEMENT_ROWS.map(([, properties]) => properties[index] ?? Number.NaN));
}

/** Pauling electronegativity by atomic number; NaN where none is tabulated (He, Ne, Ar). */
export const ELECTRONEGATIVITY: Float64Array = elementProperty('electronegativity');

/**
 * Oxidation states of an element: those seen in the ICSD, else its common ones; ascending, without 0.
 * Empty for elements with neither.
 */
export function oxidationStates(z: number): readonly number[] {
  const [, , common, icsd] = ELEMENT_ROWS[z - 1];
  return [...(icsd.length > 0 ? icsd : common)].filter((state) => state !== 0).sort((a, b) => a - b);
}

/** Most common oxidation states of an element, ascending; empty if none is tabulated. */
export function commonOxidationStates(z: number): readonly number[] {
  return [...ELEMENT_ROWS[z - 1][2]].sort((a, b) => a - b);
}

/**
 * The order in which a formula lists its elements: ascending electronegativity (unknown last), then atomic number.
 * Cations come first and the anion last.
 */
export function compareElements(a: number, b: number): number {
  const left = ELECTRONEGATIVITY[a];
  const right = ELECTRONEGATIVITY[b];
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return a - b;
  if (Number.isNaN(left)) return 1;
  if (Number.isNaN(right)) return -1;
  return left - right;
}
