import { SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, formatFormula, formatSystem, parseFormula } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { type CsvRow, parseCsv } from '../io/tables/csv.ts';

/** Whether the true value is the given one, at most it, or at least it. */
export type Bound = 'exact' | 'upper' | 'lower';

/** One measured value of a composition. */
export interface Measurement {
  readonly composition: Composition;
  readonly log10: number; // of the ionic conductivity in S/cm
  readonly bound: Bound;
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

const FORMULA_COLUMN = /^(reduced |true )?(formula|composition)$/i;
// `S/cm`, `S cm-1`, `mS·cm^-1`, `S_per_m`, `µS/cm` and the like at the end of a name, brackets aside
const UNIT = /(?:^|[^A-Za-z])([munµμ]?)S[\s_.·*]*(?:(?:\/|per)[\s_]*)?(c?m)(?:\^?[-−]1)?$/;
const PREFIX_LOG10: Readonly<Record<string, number>> = { '': 0, m: -3, u: -6, µ: -6, μ: -6, n: -9 };
const LOG10 = /(?:^|[^a-z])(?:log10|log_10|lg|log)(?:[^a-z]|$)/i;
const VALUE = /^(<=|>=|[<>≤≥])?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)$/i;
const HEADER_REMEDY =
  'Name the unit in the header, such as conductivity_S_per_cm, sigma (mS/cm) or log10_conductivity_S_per_cm; formulas stand in the column formula.';
const MOST_DECADES = 100; // no conductivity is farther from 1 S/cm
const SAME_FRACTION = 1e4; // compositions whose fractions agree to 1e-4 are one

/**
 * Measured room-temperature ionic conductivities from CSV text, one measurement a row: a column `formula` or
 * `composition`, and one whose name ends in a unit of conductivity (S or mS, µS, nS per cm or m), as its decimal
 * logarithm if the name has `log10`. Amounts may be fractional; a value such as `<1e-10` is a bound.
 *
 * @param file name for error messages
 * @param learnable which compositions can be learned from
 * @throws {InputError} naming line and column of what is not usable
 */
export function parseMeasurements(
  text: string,
  file: string,
  learnable: LearnableCompositions,
  named: MeasurementColumns = {},
): Measurement[] {
  const { columns, rows } = parseCsv(
    text,
    file,
    [named.formula, named.conductivity].filter((name) => name !== undefined),
  );
  const formula = named.formula ?? columns.find((name) => FORMULA_COLUMN.test(name));
  const conductivity = named.conductivity ?? conductivityColumn(columns, file);
  if (formula === undefined) throw headerError('has no column formula or composition', columns, file);
  const { log, shift } = unitOf(conductivity, file);
  if (rows.length === 0) throw new InputError('the file holds no measurements', { file }, HEADER_REMEDY);
  return rows.map((row) => ({
    composition: readComposition(row, formula, learnable),
    ...readValue(row, conductivity, log, shift),
  }));
}

function conductivityColumn(columns: readonly string[], file: string): string {
  const found = columns.filter((name) => UNIT.test(bare(name)));
  if (found.length === 1) return found[0];
  throw headerError(
    found.length === 0
      ? 'has no column with a unit of conductivity'
      : `has ${found.length} columns with a unit of conductivity (${found.join(', ')})`,
    columns,
    file,
  );
}

function headerError(problem: string, columns: readonly string[], file: string): InputError {
  return new InputError(`the header ${problem}; found ${columns.join(', ')}`, { file, line: 1 }, HEADER_REMEDY);
}

/** A column's name without the brackets around its unit. */
function bare(name: string): string {
  return name.replace(/[()[\]]/g, ' ').trim();
}

function unitOf(column: string, file: string): { log: boolean; shift: number } {
  const match = UNIT.exec(bare(column));
  if (match === null)
    throw new InputError('the name has no unit of conductivity', { file, line: 1, column }, HEADER_REMEDY);
  const [, prefix, length] = match;
  return { log: LOG10.test(column), shift: PREFIX_LOG10[prefix] + (length === 'm' ? -2 : 0) };
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

function readValue(row: CsvRow, column: string, log: boolean, shift: number): { log10: number; bound: Bound } {
  const text = row.required(column);
  const match = VALUE.exec(text);
  const value = Number(match?.[2]);
  if (match === null || !Number.isFinite(value) || (!log && value <= 0))
    throw new InputError(
      `conductivity ${JSON.stringify(text)} is not a ${log ? '' : 'positive '}number`,
      row.place(column),
      'Give a plain number such as 1.2e-4, or a bound such as <1e-10.',
    );
  const sign = match[1]?.[0];
  const bound = sign === undefined ? 'exact' : sign === '<' || sign === '≤' ? 'upper' : 'lower';
  const log10 = (log ? value : Math.log10(value)) + shift;
  if (Math.abs(log10) > MOST_DECADES)
    throw new InputError(
      `conductivity ${JSON.stringify(text)} is 10^${log10} S/cm, expected 10^-${MOST_DECADES} to 10^${MOST_DECADES}`,
      row.place(column),
      'Correct the number, or the unit in the header.',
    );
  return { log10, bound };
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
