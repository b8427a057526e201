import { parse } from 'csv-parse/sync';
import { InputError } from '../../errors.ts';
import { MAX_TABLE_ROWS } from '../../limits.ts';
import { readBytes } from '../store/files.ts';
import { csvError } from './csv.ts';
import { dialectOf } from './dialect.ts';
import { FORMULA_COLUMN, isFormulaName, isKeyName } from './formula-column.ts';
import { type Grid, type GridRow, gridText, tooManyRows } from './grid.ts';
import { unpackGzip } from './gzip.ts';
import { readParquetGrid } from './parquet-rows.ts';
import { decodeText } from './text-encoding.ts';

/** What a table is, by its first bytes: names are often wrong. */
export type TableContent = 'text' | 'gzip' | 'workbook' | 'parquet';

const SIGNATURES: readonly (readonly [TableContent | 'old workbook', readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['old workbook', [0xd0, 0xcf, 0x11, 0xe0]],
];
const TABLE_NAME = /\.(?:(?:csv|tsv)(?:\.gz)?|xlsx|xlsm|xls|parquet)$/i;
const TEXT_NAME = /\.txt(?:\.gz)?$/i;
const COMMENTS = /^(?:[ \t]*(?:#.*)?(?:\r\n|\r|\n))+/; // and empty lines, before a header or the first formula
const HEAD = 1 << 16; // characters that tell how a table is divided

/** Whether a file is a table that can be read, by its name. */
export function isTable(name: string): boolean {
  return TABLE_NAME.test(name);
}

/** Whether a file may be a table or formulas line by line, which only who names it knows. */
export function isTextName(name: string): boolean {
  return TEXT_NAME.test(name);
}

/**
 * What a table is.
 *
 * @param head at least its first bytes
 * @throws {InputError} for workbooks of before 2007, and those with a password
 */
export function contentOf(head: Uint8Array, file: string): TableContent {
  const [found = 'text'] = SIGNATURES.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte)) ?? [];
  if (found === 'old workbook')
    throw new InputError(
      'this is an Excel workbook of the old format (.xls), or one with a password',
      { file },
      'Save it as .xlsx without a password, or as CSV.',
    );
  return found === 'text' && /\.parquet$/i.test(file) ? 'parquet' : found;
}

/** How a table is opened. */
export interface TableOptions {
  readonly required?: readonly string[]; // columns that the header must have; if none, one of formulas or ids
  readonly mayLackHeader?: boolean; // whether text without a header is read as formulas, one a line
  readonly onSheet?: (sheet: string) => void; // told which sheet of several is read
}

/**
 * Any table as text for `parseCsv`. Text stays as it is, without a byte order mark; workbooks and Parquet become CSV.
 *
 * @param name for messages
 * @throws {InputError} if it is no table that can be read, or not in UTF-8 or UTF-16
 */
export async function tableText(bytes: Uint8Array, name: string, options: TableOptions = {}): Promise<string> {
  const unpacked = unpackTable(bytes, name);
  if (contentOf(unpacked, name) === 'text') return decodeText(unpacked, name);
  return gridText(await openTable(unpacked, name, options));
}

/** {@link tableText} of a file. */
export async function readTableText(path: string, options?: TableOptions): Promise<string> {
  return tableText(await readBytes(path), path, options);
}

/**
 * Any table in memory. Rows may have more or fewer cells than the header.
 *
 * @param name for messages
 * @throws {InputError} if it is no table that can be read, or not in UTF-8 or UTF-16
 */
export async function openTable(bytes: Uint8Array, name: string, options: TableOptions = {}): Promise<Grid> {
  const { required = [] } = options;
  const unpacked = unpackTable(bytes, name);
  switch (contentOf(unpacked, name)) {
    case 'gzip':
      throw new InputError('it is packed with gzip more than once', { file: name }, 'Unpack it.');
    case 'workbook': {
      const { readWorkbook } = await import('./workbook.ts'); // most tables are none
      const grid = await readWorkbook(unpacked, name, (cells) => isHeader(cells, required));
      if (grid.sheet !== undefined) options.onSheet?.(grid.sheet);
      return grid;
    }
    case 'parquet':
      return readParquetGrid(unpacked, name);
    case 'text':
      return textTable(decodeText(unpacked, name), name, options);
  }
}

function unpackTable(bytes: Uint8Array, name: string): Uint8Array {
  return contentOf(bytes, name) === 'gzip' ? unpackGzip(bytes, name) : bytes;
}

function isHeader(cells: readonly string[], required: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim());
  return required.length > 0 ? required.every((name) => names.includes(name)) : names.some(isKeyName);
}

function textTable(text: string, name: string, { required, mayLackHeader }: TableOptions): Grid {
  if (mayLackHeader !== true) return dividedText(text, name, required);
  const body = text.replace(COMMENTS, (lines) => lines.replace(/[^\r\n]+/g, '')); // lines keep their numbers
  const [first] = body.trimStart().split(/[\r\n]/, 1);
  const isDivided = /[,;\t]/.test(first);
  return isDivided || isFormulaName(first) ? dividedText(body, name, required) : formulaLines(body, name);
}

/** Formulas one a line; empty lines and those that begin with `#` are none. */
function formulaLines(text: string, name: string): Grid {
  const lines = text.split(/\r\n|[\r\n]/).map((line, i): GridRow => ({ cells: [line.trim()], line: i + 1 }));
  const rows = lines.filter(({ cells: [line] }) => line !== '' && !line.startsWith('#'));
  return { name, columns: [FORMULA_COLUMN], line: 0, delimiter: ',', rows };
}

function dividedText(text: string, name: string, required: readonly string[] = []): Grid {
  const { delimiter, rowEnds, isTold } = dialectOf(text.slice(0, HEAD), name, required);
  const rows: GridRow[] = [];
  const take = (cells: string[], { lines }: { readonly lines: number }): null => {
    if (rows.push({ cells, line: lines }) > MAX_TABLE_ROWS) throw tooManyRows(rows.length, name);
    return null; // the parser keeps nothing
  };
  const lenient = { relax_quotes: true, relax_column_count: true }; // a bad row is reported as one, not as a bad file
  const ends = { delimiter, record_delimiter: [...rowEnds], ...(isTold && { from_line: 2 }) };
  try {
    parse(text, { bom: true, skip_empty_lines: true, ...lenient, ...ends, on_record: take });
  } catch (error) {
    throw csvError(error, name);
  }
  const [header = { cells: [], line: 1 }, ...body] = rows;
  return { name, columns: header.cells.map((cell) => cell.trim()), line: header.line, delimiter, rows: body };
}
