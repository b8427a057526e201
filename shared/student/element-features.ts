import { ELEMENT_COLUMNS } from '../chemistry/element-columns.ts';
import { atomicNumber, elementProperty, oxidationStates, SYMBOLS } from '../chemistry/elements.ts';
import type { FormulaLabel } from '../labels/label.ts';

/** Standardized properties of the elements that a student knows. */
export interface ElementFeatures {
  readonly symbols: readonly string[]; // row order, ascending atomic number
  readonly atomicNumbers: Uint8Array; // shape (elements,)
  readonly rowByAtomicNumber: Int16Array; // -1 = unknown element
  readonly names: readonly string[]; // columns
  readonly values: Float32Array; // shape (elements, names.length) row-major; mean 0, variance 1 per column
}

/**
 * Generic element properties, standardized over the given elements: every column of the element table, and the lowest
 * and highest oxidation state. An unknown value takes the column's mean, which is 0.
 */
export function elementFeatures(symbols: readonly string[]): ElementFeatures {
  const atomicNumbers = Uint8Array.from(symbols, (symbol) => {
    const z = atomicNumber(symbol);
    if (z === undefined) throw new RangeError(`no element ${symbol}`);
    return z;
  }).sort();
  const columns = [
    ...ELEMENT_COLUMNS.map(({ name }) => ({ name, of: lookUp(elementProperty(name)) })),
    { name: 'lowestOxidationState', of: (z: number) => Math.min(...oxidationStates(z)) },
    { name: 'highestOxidationState', of: (z: number) => Math.max(...oxidationStates(z)) },
  ];
  const values = new Float32Array(atomicNumbers.length * columns.length);
  columns.forEach(({ of }, j) => {
    const column = standardize(Float64Array.from(atomicNumbers, of));
    for (let e = 0; e < column.length; e++) values[e * columns.length + j] = column[e];
  });
  const rowByAtomicNumber = new Int16Array(256).fill(-1);
  atomicNumbers.forEach((z, row) => {
    rowByAtomicNumber[z] = row;
  });
  const order = [...symbols].sort((a, b) => (atomicNumber(a) as number) - (atomicNumber(b) as number));
  return { symbols: order, atomicNumbers, rowByAtomicNumber, names: columns.map(({ name }) => name), values };
}

/** Features of all elements that occur in the labels. */
export function labelledElements(labels: readonly FormulaLabel[]): ElementFeatures {
  const numbers = new Set(labels.flatMap(({ composition }) => composition.atomicNumbers));
  return elementFeatures([...numbers].map((z) => SYMBOLS[z]));
}

function lookUp(property: Float64Array): (z: number) => number {
  return (z) => property[z];
}

/** (x − mean) / standard deviation over the finite values; others and constant columns become 0. */
function standardize(column: Float64Array): Float64Array {
  const known = column.filter(Number.isFinite);
  const mean = known.reduce((sum, x) => sum + x, 0) / Math.max(1, known.length);
  const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, known.length);
  return column.map((x) => (Number.isFinite(x) && variance > 0 ? (x - mean) / Math.sqrt(variance) : 0));
}
