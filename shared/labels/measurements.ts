import { SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, formatFormula, formatSystem, parseFormula } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { CsvRow } from '../io/tables/csv.ts';
import { isFormulaName } from '../io/tables/formula-column.ts';
import { type Bound, readMeasuredRows } from './measured-rows.ts';

/** One measured value of a composition. */
export interface Measurement {
  readonly composition: Composition;
  readonly log10: number; // of the ionic conductivity in S/cm
  readonly bound: Bound;
}

/** A measurement with the row that it is from. */
export interface RowMeasurement extends Measurement {
  readonly row: CsvRow;
}

/** All measurements of one composition, merged. */
export interface MeasuredComposition extends Measurement {
  readonly formula: string;
  readonly system: string; // such as Li-P-S: what may not be on both sides of a split
  readonly measurements: number;
}

/** Columns of a file of measurements, where they are not told by their names. */
export interface MeasurementColumns {
  readonly formula?: string | undefined;
  readonly conductivity?: string | undefined;
}

/** Which compositions a student can learn from. */
export interface LearnableCompositions {
  readonly mobileIon: number; // atomic number of an element that every one must have
  readonly knows: (atomicNumber: number) => boolean;
}

const SAME_FRACTION = 1e4; // compositions whose fractions agree to 1e-4 are one

/**
 * Measured room-temperature ionic conductivities from CSV text, one measurement a row: a column `formula` or
 * `composition`, and what {@link readMeasuredRows} reads. Amounts may be fractional; a value such as `<1e-10` is a bound.
 *
 * @param file name for error messages
 * @param learnable which compositions can be learned from
 * @param tell is told what a user should know of how the table was read
 * @throws {InputError} naming line and column of what is not usable
 */
export function parseMeasurements(
  text: string,
  file: string,
  learnable: LearnableCompositions,
  named: MeasurementColumns = {},
  tell: (note: string) => void = () => undefined,
): RowMeasurement[] {
  const formulaOf = (columns: readonly string[]): string | undefined =>
    columns.find((name) => (named.formula === undefined ? isFormulaName(name) : name === named.formula));
  const lacks = (columns: readonly string[]): string | undefined =>
    formulaOf(columns) === undefined ? (named.formula ?? 'formula or composition') : undefined;
  const { columns, measured, notes } = readMeasuredRows(text, file, lacks, named.conductivity);
  const formula = formulaOf(columns) as string;
  notes.forEach(tell);
  return measured.map(({ row, log10, bound }) => ({
    row,
    composition: readComposition(row, formula, learnable),
    log10,
    bound,
  }));
}

function readComposition(row: CsvRow, column: string, { mobileIon, knows }: LearnableCompositions): Composition {
  const place = row.place(column);
  const text = row.required(column);
  const read = parseFormula(text, place);
  if (!read.atomicNumbers.includes(mobileIon))
    throw new InputError(`${text} has no ${SYMBOLS[mobileIon]}`, place, 'Delete the row.');
  const unknown = read.atomicNumbers.find((z) => !knows(z));
  if (unknown === undefined) return read;
  throw new InputError(
    `${text} has ${SYMBOLS[unknown]}, which is in no labelled structure`,
    place,
    'Delete the row, or label structures with that element.',
  );
}

/**
 * One entry per composition, in order of first occurrence. Values of one composition are averaged as logarithms; bounds count only
 * where there is no value, and then the tightest.
 *
 * @param file name for error messages
 * @throws {InputError} if a composition has only bounds, from both sides
 */
export function mergeMeasurements(measurements: readonly Measurement[], file: string): MeasuredComposition[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = compositionKey(measurement.composition);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [measurement]);
    else group.push(measurement);
  }
  return [...groups.values()].map((group) => {
    const formula = formatFormula(group[0].composition);
    return {
      composition: group[0].composition,
      formula,
      system: formatSystem(group[0].composition.atomicNumbers),
      measurements: group.length,
      ...mergeValues(group, formula, file),
    };
  });
}

function mergeValues(group: readonly Measurement[], formula: string, file: string): { log10: number; bound: Bound } {
  const of = (kind: Bound): number[] => group.filter(({ bound }) => bound === kind).map(({ log10 }) => log10);
  const [exact, upper, lower] = [of('exact'), of('upper'), of('lower')];
  if (exact.length > 0) return { log10: exact.reduce((sum, value) => sum + value, 0) / exact.length, bound: 'exact' };
  if (lower.length === 0) return { log10: upper.reduce((least, value) => Math.min(least, value)), bound: 'upper' };
  if (upper.length === 0) return { log10: lower.reduce((most, value) => Math.max(most, value)), bound: 'lower' };
  throw new InputError(
    `${formula} has bounds from both sides and no value`,
    { file },
    'Give a value, or keep the bounds of one side.',
  );
}

/** Equal for equal compositions, however their formulas are written. */
function compositionKey({ atomicNumbers, amounts }: Composition): string {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return atomicNumbers.map((z, e) => `${z}:${Math.round((amounts[e] / total) * SAME_FRACTION)}`).join(' ');
}
