import { InputError } from '../errors.ts';
import { type CsvRow, type CsvTable, parseCsv } from '../io/tables/csv.ts';
import { type ConductivityHeader, type ConductivityUnit, readConductivityHeader } from './conductivity-header.ts';
import { isRoomTemperature, ROOM_TEMPERATURE, toKelvin } from './room-temperature.ts';
import { temperatureColumn } from './temperature-column.ts';

/** Whether the true value is the given one, at most it, or at least it. */
export type Bound = 'exact' | 'upper' | 'lower';

/** A row of a table with the conductivity that it has at room temperature. */
export interface MeasuredRow {
  readonly row: CsvRow;
  readonly column: string; // of the conductivity
  readonly log10: number; // of S/cm
  readonly bound: Bound;
}

/** What was read of a table of measured conductivities. */
export interface MeasuredRows {
  readonly columns: readonly string[];
  readonly measured: readonly MeasuredRow[];
  readonly notes: readonly string[]; // what a user should know of how it was read
}

/** Names that mean one thing, whatever other columns there are. */
const EXACT = ['conductivity_S_per_cm', 'sigma_RT_S_per_cm'];
const VALUE =
  /^(<=|>=|[<>≤≥])?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?:\s*[x×*·]\s*10(?:\^|(?=[+-]))([+-]?\d+))?$/i;
const SUPERSCRIPT_POWER = /10([⁺⁻]?[⁰¹²³⁴-⁹]+)$/; // elsewhere a superscript may be a footnote
const REMEDY =
  'Name the unit in the header, such as conductivity_S_per_cm, sigma (mS/cm) or log10_conductivity_S_per_cm; formulas stand in the column formula, ids of structures in id.';
const RENAME =
  'Rename the one that is meant conductivity_S_per_cm if it is in S/cm, or delete the others; fine-tune takes --conductivity-column.';
/**
 * S/cm at room temperature: above every solid ionic conductor. Rb4Cu16I7Cl13 has 0.34 (Takahashi et al., J. Electrochem. Soc.
 * 126, 1654, 1979), the best of lithium a tenth of it. No positive log10 is below.
 */
const MOST = 0.5;
const LEAST_LOG10 = -100; // no conductivity is farther from 1 S/cm
/** Lower values in a column of just `log` are natural logarithms: 4e-18 S/cm is the least of OBELiX. */
const LEAST_GUESSED_LOG10 = -18;

/**
 * Measured conductivities at room temperature from CSV text, one a row. The header says which column it is, in which unit
 * and of which logarithm: {@link readConductivityHeader}. Where there is a column of temperatures, rows at others than room
 * temperature and rows without one are left out: a row without temperature may be of any.
 *
 * @param file name for error messages
 * @param lacks which column is missing beside that of the conductivity, if one is
 * @param named the column of the conductivity, if it is not told by its name
 * @throws {InputError} naming line and column of what cannot be read, or not in one way only, with the reading that was tried
 */
export function readMeasuredRows(
  text: string,
  file: string,
  lacks: (columns: readonly string[]) => string | undefined,
  named?: string,
): MeasuredRows {
  const { columns, rows } = parseCsv(text, file, named === undefined ? [] : [named]);
  checkNames(columns, file);
  const chosen = conductivityColumn(columns, file, named);
  const missing = lacks(columns);
  if (missing !== undefined) throw headerError(`has no column ${missing}`, columns, file);
  if (rows.length === 0) throw new InputError('the file holds no measurements', { file }, REMEDY);
  const { kept, leftOut } = roomTemperatureRows({ columns, rows }, file, chosen);
  const { column, scale } = chosen;
  const reading = isPlain(scale) ? [] : [`the column ${column} is read as ${scale.text}`];
  return {
    columns,
    measured: kept.map(({ row, celsius }) => ({ row, column, ...readValue(row, column, scale, celsius) })),
    notes: [...reading, ...leftOut].map((note) => `${file}: ${note}`),
  };
}

function checkNames(columns: readonly string[], file: string): void {
  const column = columns.find((name) => name.includes('\ufffd'));
  if (column === undefined) return;
  const problem = 'the name has bytes that are not UTF-8, such as a micro sign';
  throw new InputError(problem, { file, line: 1, column }, 'Save the table as UTF-8.');
}

interface RoomTemperatureRows {
  readonly kept: readonly { readonly row: CsvRow; readonly celsius?: number | undefined }[];
  readonly leftOut: readonly string[]; // a sentence, if there are any
}

function roomTemperatureRows({ columns, rows }: CsvTable, file: string, chosen: Chosen): RoomTemperatureRows {
  const others = columns.filter((name) => readConductivityHeader(name) === undefined);
  const temperatures = temperatureColumn(others, rows, file);
  if (temperatures === undefined) {
    if (!chosen.needsTemperature) return { kept: rows.map((row) => ({ row })), leftOut: [] };
    const problem = `read as ${chosen.scale.text}, the values need their temperatures`;
    const place = { file, line: 1, column: chosen.column };
    throw new InputError(problem, place, 'Add a column temperature_C or temperature_K.');
  }
  const found = rows.map((row) => ({ row, celsius: temperatures.read(row) }));
  const kept = found.filter(({ celsius }) => celsius !== undefined && isRoomTemperature(celsius));
  const column = temperatures.name;
  if (kept.length === 0)
    throw new InputError(`no row is at ${ROOM_TEMPERATURE}`, { file, column }, 'Check the unit in its header.');
  if (kept.length === rows.length) return { kept, leftOut: [] };
  const without = found.filter(({ celsius }) => celsius === undefined).length;
  const other = rows.length - kept.length - without;
  const sentence = `${other} rows at other temperatures than ${ROOM_TEMPERATURE} and ${without} without a temperature are left out, by the column ${column}`;
  return { kept, leftOut: [sentence] };
}

/** Whether there is nothing to be told of a reading. */
function isPlain({ text, guessed }: ConductivityUnit): boolean {
  return !guessed && /^(?:log10 of )?[mμn]?S\/c?m$/.test(text);
}

interface Chosen {
  readonly column: string;
  readonly scale: ConductivityUnit;
  readonly needsTemperature: boolean;
}

function conductivityColumn(columns: readonly string[], file: string, named: string | undefined): Chosen {
  const headers = (named === undefined ? columns : [named]).flatMap((column): Header[] => {
    const header = readConductivityHeader(column);
    if (header === undefined) return [];
    return [{ column, ...header, ...(named === undefined ? {} : { other: undefined }) }]; // who names a column knows of what it is
  });
  if (named !== undefined && headers.length === 0)
    throw new InputError('the name has no unit of conductivity', { file, line: 1, column: named }, REMEDY);
  const exact = headers.filter(({ column }) => EXACT.includes(column));
  const meant = headers.filter(({ other }) => other === undefined);
  const found = [exact, meant].find(({ length }) => length > 0) ?? headers;
  const [{ column, scale, unclear, other, needsTemperature }] = found.length > 0 ? found : [NO_HEADER];
  const place = { file, line: 1, column };
  if (found.length === 1 && scale !== undefined && other === undefined) return { column, scale, needsTemperature };
  if (found.length === 1 && unclear !== undefined)
    throw new InputError(`the unit of the conductivity cannot be told: the name has ${unclear}`, place, REMEDY);
  if (other !== undefined)
    throw new InputError(`this is read as no measured conductivity: the name has ${other}`, place, RENAME);
  const problem =
    found.length === 0
      ? 'has no column with a unit of conductivity'
      : `has ${found.length} columns with a unit of conductivity (${found.map((each) => each.column).join(', ')})`;
  throw headerError(problem, columns, file, found.length === 0 ? REMEDY : RENAME);
}

type Header = ConductivityHeader & { readonly column: string };
const NO_HEADER: Header = { column: '', needsTemperature: false };

function headerError(problem: string, columns: readonly string[], file: string, remedy = REMEDY): InputError {
  return new InputError(`the header ${problem}; found ${columns.join(', ')}`, { file, line: 1 }, remedy);
}

function readValue(
  row: CsvRow,
  column: string,
  scale: ConductivityUnit,
  celsius: number | undefined,
): { log10: number; bound: Bound } {
  const text = row.required(column);
  const power = text.replace(SUPERSCRIPT_POWER, (_, digits: string) => `10^${digits.normalize('NFKC')}`);
  const match = VALUE.exec(power.replace(/\u2212/g, '-'));
  const value = Number(match?.[2]) * 10 ** Number(match?.[3] ?? 0);
  const isLogarithm = scale.logarithm !== undefined;
  if (match === null || !Number.isFinite(value) || (!isLogarithm && value <= 0))
    throw new InputError(
      `conductivity ${JSON.stringify(text)} is not a ${isLogarithm ? '' : 'positive '}number, read as ${scale.text}`,
      row.place(column),
      'Give a plain number such as 1.2e-4, or a bound such as <1e-10; a column of logarithms needs log10 in its name.',
    );
  const log10 = toLog10(value, scale, celsius);
  checkRange(log10, text, row, column, scale);
  return { log10, bound: boundOf(match[1]?.[0], scale) };
}

function toLog10(value: number, { logarithm, sign, shift, timesTemperature }: ConductivityUnit, celsius = 0): number {
  const ofUnit = logarithm === undefined ? Math.log10(value) : (sign * value) / (logarithm === 'e' ? Math.LN10 : 1);
  return ofUnit + shift - (timesTemperature ? Math.log10(toKelvin(celsius)) : 0);
}

function boundOf(sign: string | undefined, scale: ConductivityUnit): Bound {
  if (sign === undefined) return 'exact';
  return (sign === '<' || sign === '≤') === (scale.sign === 1) ? 'upper' : 'lower';
}

function checkRange(log10: number, text: string, row: CsvRow, column: string, scale: ConductivityUnit): void {
  const least = scale.guessed ? LEAST_GUESSED_LOG10 : LEAST_LOG10;
  if (log10 >= least && log10 <= Math.log10(MOST)) return;
  throw new InputError(
    `conductivity ${JSON.stringify(text)}, read as ${scale.text}, is 10^${Number(log10.toPrecision(4))} S/cm, expected 10^${least} to ${MOST} S/cm at room temperature`,
    row.place(column),
    'Correct the number, or the unit and the logarithm (log10, ln, -log10) in the header.',
  );
}
