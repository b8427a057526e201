import { type CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { InputError, type Place } from '../../errors.ts';
import { MAX_TABLE_CELLS, MAX_TABLE_ROWS } from '../../limits.ts';
import { type Delimiter, dialectOf, withDecimalPoints } from './dialect.ts';
import { refuseDoubled } from './formula-column.ts';

/** What the rows of a table have in common. */
interface RowContext {
  readonly file: string;
  readonly delimiter: Delimiter;
  readonly positions: ReadonlyMap<string, number>; // of the cells, by column
}

/** One data row of a CSV file: cells by column name, and where it stands. */
export class CsvRow {
  private readonly cells: readonly string[];
  private readonly table: RowContext;
  private readonly line: number; // 1-based

  constructor(cells: readonly string[], table: RowContext, line: number) {
    this.cells = cells;
    this.table = table;
    this.line = line;
  }

  /** Place of a column's cell, for errors. */
  place(column: string): Place {
    return { file: this.table.file, line: this.line, column };
  }

  /**
   * Text of a cell without surrounding blanks, with points for decimal commas where no commas divide the cells. The column
   * must be one that the table was read with.
   */
  text(column: string): string {
    const { positions, delimiter } = this.table;
    return withDecimalPoints(this.cells[positions.get(column) as number].trim(), delimiter);
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

const HEAD = 1 << 16; // characters that tell how a table is divided

/**
 * Parse CSV text with a header line, divided by commas, semicolons or tabs. Empty rows and a byte order mark are ignored.
 *
 * @param file name for error messages
 * @param required columns that must be there; others are kept too
 * @throws {InputError} naming the line if a row has too few or many cells or a bad quote, or the column that is missing
 *   or doubled; if it is unclear what divides the cells; if there are too many rows or cells
 */
export function parseCsv(text: string, file: string, required: readonly string[]): CsvTable {
  const { delimiter, rowEnds, isTold } = dialectOf(text.slice(0, HEAD), file, required);
  let context: RowContext | undefined;
  const rows: CsvRow[] = [];
  const take = (cells: string[], { lines }: { readonly lines: number }): null => {
    if (context === undefined) context = { file, delimiter, positions: columnPositions(cells, file, required) };
    else if (rows.push(new CsvRow(cells, context, lines)) > mostRows(cells.length))
      throw tooLong(rows.length, cells.length, file);
    return null; // the parser keeps nothing
  };
  const skips = { skip_empty_lines: true, skip_records_with_empty_values: true, ...(isTold && { from_line: 2 }) };
  try {
    parse(text, { bom: true, ...skips, delimiter, record_delimiter: [...rowEnds], on_record: take });
    const { positions } = context ?? { positions: columnPositions([], file, required) };
    return { columns: [...positions.keys()], rows };
  } catch (error) {
    throw csvError(error, file);
  }
}

/** What the text of a table made fail, as an error that names its line. */
export function csvError(error: unknown, file: string): unknown {
  if (error instanceof InputError || (error as CsvError).code === undefined) return error;
  const { lines, message } = error as CsvError & { lines?: number };
  const remedy =
    'Every row needs one cell per column; quote cells that hold quotes, or what divides the cells, such as a decimal comma.';
  return new InputError(message, { file, line: lines }, remedy, { cause: error });
}

function mostRows(columns: number): number {
  return Math.min(MAX_TABLE_ROWS, Math.floor(MAX_TABLE_CELLS / columns));
}

function tooLong(rows: number, columns: number, file: string): InputError {
  return new InputError(
    `the table has ${rows} rows of ${columns} columns and more, expected ${mostRows(columns)} rows at most`,
    { file },
    'Check that it is the file that is meant, and leave out what is not needed.',
  );
}

function columnPositions(header: readonly string[], file: string, required: readonly string[]): Map<string, number> {
  const columns = header.map((name) => name.trim());
  const positions = new Map(columns.map((name, i) => [name, i]));
  const place = { file, line: 1 };
  const missing = required.filter((name) => !positions.has(name));
  if (missing.length > 0) {
    const found = columns.length === 0 ? 'the file has no header line' : `found ${columns.join(', ')}`;
    const remedy = `The header line must name the columns ${required.join(', ')}.`;
    throw new InputError(`column ${missing.join(', ')} is missing; ${found}`, place, remedy);
  }
  refuseDoubled(columns, place);
  return positions;
}

/** CSV text with a header line, `\n` line breaks and quotes only where needed. Numbers come out as `String(value)`. */
export function formatCsv(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify([columns, ...rows] as (string | number)[][]);
}

/** A number rounded to so many significant digits, so that its text is short and the same on every platform. */
export function roundSignificant(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
