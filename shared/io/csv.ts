import { type CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { InputError, type Place } from '../errors.ts';

/** One data row of a CSV file: cells by column name, and where it stands. */
export class CsvRow {
  private readonly cells: Readonly<Record<string, string>>;
  private readonly file: string;
  private readonly line: number; // 1-based

  constructor(cells: Readonly<Record<string, string>>, file: string, line: number) {
    this.cells = cells;
    this.file = file;
    this.line = line;
  }

  /** Place of a column's cell, for errors. */
  place(column: string): Place {
    return { file: this.file, line: this.line, column };
  }

  /** Text of a cell without surrounding blanks. The column must be one that the table was read with. */
  text(column: string): string {
    return this.cells[column].trim();
  }

  /** A cell that must not be empty. */
  required(column: string): string {
    const text = this.text(column);
    if (text === '') throw new InputError('the cell is empty', this.place(column), 'Fill it in or delete the row.');
    return text;
  }

  /**
   * A finite number, in plain or scientific notation.
   *
   * @param remedy what to tell a user who wrote something else
   */
  number(column: string, remedy = 'Give a plain number such as 0.12 or 1.2e-4.'): number {
    const text = this.text(column);
    const value = Number(text);
    if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value))
      throw new InputError(`${JSON.stringify(text)} is not a number`, this.place(column), remedy);
    return value;
  }
}

/** A CSV file in memory. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Parse CSV text with a header line. Empty lines and a byte order mark are ignored.
 *
 * @param file name for error messages
 * @param required columns that must be there; others are kept too
 * @throws {InputError} naming the line if a row has too few or many cells or a bad quote, or the column that is missing
 *   or doubled
 */
export function parseCsv(text: string, file: string, required: readonly string[]): CsvTable {
  let columns: string[] = [];
  const checkHeader = (header: string[]): string[] => {
    columns = header.map((name) => name.trim());
    checkColumns(columns, file, required);
    return columns;
  };
  try {
    const records = parse(text, { columns: checkHeader, bom: true, skip_empty_lines: true, info: true }) as unknown as {
      record: Record<string, string>;
      info: { lines: number };
    }[];
    if (columns.length === 0) checkHeader([]);
    return { columns, rows: records.map(({ record, info }) => new CsvRow(record, file, info.lines)) };
  } catch (error) {
    if (error instanceof InputError || (error as CsvError).code === undefined) throw error;
    const { lines, message } = error as CsvError & { lines?: number };
    const remedy = 'Every row needs one cell per column; quote cells that hold commas or quotes.';
    throw new InputError(message, { file, line: lines }, remedy, { cause: error });
  }
}

function checkColumns(columns: readonly string[], file: string, required: readonly string[]): void {
  const place = { file, line: 1 };
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const found = columns.length === 0 ? 'the file has no header line' : `found ${columns.join(', ')}`;
    const remedy = `The header line must name the columns ${required.join(', ')}.`;
    throw new InputError(`column ${missing.join(', ')} is missing; ${found}`, place, remedy);
  }
  const doubled = columns.find((name, i) => columns.indexOf(name) !== i);
  if (doubled !== undefined)
    throw new InputError(`column ${JSON.stringify(doubled)} occurs twice`, place, 'Rename or delete one of them.');
}

/** CSV text with a header line, `\n` line breaks and quotes only where needed. Numbers come out as `String(value)`. */
export function formatCsv(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify([columns, ...rows] as (string | number)[][]);
}

/** A number rounded to so many significant digits, so that its text is short and the same on every platform. */
export function roundSignificant(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
