import { InputError } from '../errors.ts';
import type { CsvRow } from '../io/tables/csv.ts';
import { isRoomTemperature, toCelsius } from './room-temperature.ts';

/** The column with the temperatures of measurement. */
export interface TemperatureColumn {
  readonly name: string;
  /** Temperature of a row in °C; undefined if the cell is empty. */
  readonly read: (row: CsvRow) => number | undefined;
}

const UNIT = /(?:°C|°K|degC|deg C|oC|C|celsius|Celsius|K|kelvin|Kelvin|°F|F|fahrenheit|Fahrenheit)$/;
const BEFORE_UNIT = ' ,/:';
const MEASURED =
  /^(?:T|temp(?:erature)?|(?:T|temp|temperature) ?(?:of )?(?:meas(?:ured|urement|uring)?|test|σ|sigma|conductivity)|(?:measur(?:ed|ement|ing)|meas|test(?:ing)?|operating|conductivity) ?(?:T|temp|temperature))$/i;
const OF_TEMPERATURE = /temperature|temp(?![a-z])|Temp(?![a-z])|TEMP|(?<!\p{L})T(?!\p{L})|[°º] ?C|℃|celsius|Celsius/u;
/** Temperatures at which nothing was measured. */
const OTHER =
  /sinter|anneal|calcin|synth|heat|melt|glass|transition|fus|decomp|debye|process|fir(?:ing|ed)|prepar|dry|quench|mill|crystalli|growth|hold|max|min|onset|curie|range|deposit|press|^[Tt] ?(?:g|m|c|d|x|s|ann|calc|syn)$/i;
const CELL = /^([-+]?\d+(?:\.\d+)?)\s*(?:(?:°|deg ?|o|º)?([CK]))?$/;
const ROOM = /^(?:rt|r\.t\.|room ?temp(?:erature)?\.?|ambient)$/i;
const NOTHING = /^(?:|-+|n\/?a|nan|null|none|\?)$/i;
const ROOM_CELSIUS = 25;
const ABSOLUTE_ZERO = -273.15; // °C
const REMEDY =
  'Name the column temperature_C or temperature_K; a temperature of something else needs a name that says so.';

/**
 * The column of temperatures, if there is one.
 *
 * @throws {InputError} if it cannot be told which column it is, or in which unit
 */
export function temperatureColumn(
  columns: readonly string[],
  rows: readonly CsvRow[],
  file: string,
): TemperatureColumn | undefined {
  const named = columns.map((name) => ({ name, ...partsOf(name) }));
  const unclear = named.find(
    ({ name, base }) =>
      (OF_TEMPERATURE.test(name) || OF_TEMPERATURE.test(base)) && !MEASURED.test(base) && !OTHER.test(base),
  );
  const place = { file, line: 1, column: unclear?.name };
  if (unclear !== undefined)
    throw new InputError('it cannot be told whether this is the temperature of measurement', place, REMEDY);
  const found = named.filter(({ base }) => MEASURED.test(base) && base !== 't');
  if (found.length === 0) return undefined;
  const [{ name, unit = unitOfValues(name, rows, file), base }, ...more] = found;
  const others = more.filter((other) => other.base.toLowerCase() !== base.toLowerCase());
  if (others.length > 0 || unit === 'F')
    throw new InputError(
      unit === 'F' ? 'temperatures in °F are not read' : `${others[0].name} may be the temperature too`,
      { file, line: 1, column: name },
      REMEDY,
    );
  return { name, read: (row) => readTemperature(row, name, unit) };
}

/** A name without its unit, brackets and underscores. */
function partsOf(name: string): { base: string; unit?: 'C' | 'K' | 'F' } {
  const plain = name
    .normalize('NFKC')
    .replace(/[()[\]\s_]+/g, ' ')
    .trim();
  const unit = UNIT.exec(plain)?.[0];
  let end = plain.length - (unit?.length ?? 0);
  while (unit !== undefined && BEFORE_UNIT.includes(plain[end - 1] ?? '-')) end--;
  const base = plain.slice(0, end);
  const letter = unit && (unit.replace(/^(?:°|deg ?|o(?=C))/, '')[0].toUpperCase() as 'C' | 'K' | 'F');
  return { base: base.replace(/\.$/, ''), ...(letter ? { unit: letter } : {}) };
}

function plainCell(row: CsvRow, name: string): string {
  return row
    .text(name)
    .replace(/\u2212/g, '-')
    .replace('℃', '°C'); // a superscript may be a footnote
}

/** Without a unit in the header: 15 to 35 say °C, 293 or 298 say K, 300 says neither; all rows must agree. */
function unitOfValues(name: string, rows: readonly CsvRow[], file: string): 'C' | 'K' {
  const values = rows.flatMap((row) => {
    const [, number, unit] = CELL.exec(plainCell(row, name)) ?? [];
    return number === undefined || unit !== undefined ? [] : [Number(number)];
  });
  const celsius = values.some(isRoomTemperature);
  const kelvin = values.some((value) => isRoomTemperature(toCelsius(value, 'K')) && value % 10 !== 0);
  if (values.length === 0 || (celsius && !kelvin)) return 'C';
  if (kelvin && values.every((value) => value >= 100)) return 'K';
  throw new InputError(
    'it cannot be told whether the temperatures are in °C or in K',
    { file, line: 1, column: name },
    'Name the unit in the header: temperature_C or temperature_K.',
  );
}

function readTemperature(row: CsvRow, name: string, unit: string): number | undefined {
  const text = plainCell(row, name);
  if (NOTHING.test(text)) return undefined;
  if (ROOM.test(text)) return ROOM_CELSIUS;
  const [, number, own = unit] = CELL.exec(text) ?? [];
  const celsius = toCelsius(Number(number), own);
  if (celsius >= ABSOLUTE_ZERO) return celsius;
  throw new InputError(
    `${JSON.stringify(text)} is not a temperature in ${unit === 'C' ? '°C' : 'K'}`,
    row.place(name),
    'Give a plain number such as 25, or delete the row.',
  );
}
