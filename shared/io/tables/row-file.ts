import { createHash } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { MAX_WHOLE } from '../../limits.ts';
import { BLOCK_BYTES, blockHashes, checkedFile } from '../store/checked-file.ts';
import type { RangedFile } from '../store/inputs.ts';
import { type BadRow, rowCell } from './bad-row.ts';
import { type CsvIndex, indexCsv, readCsvCells, readRecords } from './csv-rows.ts';
import { dialectOf } from './dialect.ts';
import { FORMULA_COLUMN, findFormulaColumn } from './formula-column.ts';
import type { Grid } from './grid.ts';
import { indexParquet, readParquetCells } from './parquet-rows.ts';
import { contentOf, isTextName, openTable } from './table-file.ts';
import { encodingOf } from './text-encoding.ts';

/** What is known of a table after it was read once: enough to read any range of its rows. */
export interface RowIndex {
  readonly format: 'csv' | 'parquet' | 'whole'; // read whole: what cannot be cut at line feeds, or is packed
  readonly rows: number; // without header
  readonly size: number; // bytes
  readonly sha256: string; // of the bytes
  readonly blocks: readonly string[]; // SHA-256 of the bytes block by block, see `checkedFile`
  readonly columns?: readonly string[]; // of the header; absent in plans of before: only `formula` is known then
  readonly column?: string; // of the formulas; absent: `formula`
  readonly sheet?: string; // that was read of a workbook with several
  readonly csv?: CsvIndex;
}

/** Rows between two marks of an index: ranges that begin at a multiple of it are found quickest. */
export const ROWS_PER_MARK = 4096;

const READ_BYTES = 32 * BLOCK_BYTES;
const HEAD_BYTES = 1 << 16; // that tell what a file is

/**
 * Read a table once, by ranges: count its rows and remember where they are.
 *
 * @throws {InputError} if it is no table that can be read, or has no column of formulas
 */
export async function indexRows(source: RangedFile): Promise<RowIndex> {
  const hash = createHash('sha256');
  const blocks: string[] = [];
  const hashed = hashing(allBytes(source), hash, blocks);
  const { rows, columns, column, ...index } = await indexTable(source, hashed);
  for await (const _ of hashed); // what was not needed is hashed as well
  const named = column === FORMULA_COLUMN ? {} : { column };
  return { rows, size: source.size, sha256: hash.digest('hex'), blocks, columns, ...named, ...index };
}

type TableIndex = Pick<RowIndex, 'format' | 'rows' | 'csv' | 'sheet'> & Required<Pick<RowIndex, 'columns' | 'column'>>;

async function indexTable(source: RangedFile, blocks: AsyncIterable<Uint8Array>): Promise<TableIndex> {
  const head = await source.read(0, Math.min(source.size, HEAD_BYTES));
  const content = contentOf(head, source.name);
  if (content === 'parquet') {
    const { rows, columns } = await indexParquet(source);
    const cell = findFormulaColumn(columns, { file: source.name });
    return { format: 'parquet', rows, columns, column: columns[cell] };
  }
  const delimiter = content === 'text' ? rangedDelimiter(head, source) : undefined;
  if (delimiter === undefined) {
    const { name, sheet, columns, line, rows } = await readWhole(source);
    const column = columns[findFormulaColumn(columns, { file: name, line })];
    return { format: 'whole', rows: rows.length, columns, column, ...(sheet === undefined ? {} : { sheet }) };
  }
  const { rows, columns, ...csv } = await indexCsv(source, blocks, delimiter, ROWS_PER_MARK);
  return { format: 'csv', rows, columns, column: columns[csv.cell], csv };
}

/** What divides the cells of a text that can be cut at line feeds; undefined if it cannot. */
function rangedDelimiter(head: Uint8Array, { name }: RangedFile): CsvIndex['delimiter'] {
  if (encodingOf(head, name) !== 'utf-8' || isTextName(name)) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString();
  const { delimiter, rowEnds, isTold } = dialectOf(text, name);
  return rowEnds.includes('\r') || isTold ? undefined : delimiter;
}

/** All rows of a table that is read as a whole. */
async function readWhole(source: RangedFile): Promise<Grid> {
  if (source.size > MAX_WHOLE)
    throw new InputError(
      `it has ${source.size} bytes, and a table of this kind is read as a whole, up to ${MAX_WHOLE} bytes`,
      { file: source.name },
      'Save it as CSV in UTF-8 with line feeds, or as Parquet: these are read by ranges of rows.',
    );
  return openTable(await source.read(0, source.size), source.name, { mayLackHeader: isTextName(source.name) });
}

/**
 * Formulas of rows start (inclusive) to end (exclusive), in order, in blocks of any length. A row without such a cell gives
 * undefined.
 *
 * @throws {IntegrityError} if what is read is not what was indexed
 */
export function readCells(
  source: RangedFile,
  index: RowIndex,
  start: number,
  end: number,
): AsyncGenerator<(string | BadRow | undefined)[]> {
  const checked = checkedFile(source, index.blocks);
  if (index.format === 'whole') return readWholeCells(checked, index, start, end);
  const { columns, column = FORMULA_COLUMN, csv } = index;
  if (csv === undefined) return readParquetCells(checked, column, start, end);
  return readCsvCells(checked, csv, columns?.length ?? Number.POSITIVE_INFINITY, ROWS_PER_MARK, start, end);
}

/**
 * Cells of single rows, by the names of their columns. What is not there is an empty text.
 *
 * @param rows ascending
 * @throws {IntegrityError} if what is read is not what was indexed
 */
export async function readRows(
  source: RangedFile,
  index: RowIndex,
  names: readonly string[],
  rows: readonly number[],
): Promise<string[][]> {
  const checked = checkedFile(source, index.blocks);
  const { format, columns = [], csv } = index;
  const positions = names.map((name) => columns.indexOf(name));
  const pick = (cells: readonly string[]): string[] => positions.map((position) => cells[position] ?? '');
  if (csv !== undefined) return (await recordsOf(checked, csv, index.rows, rows)).map(pick);
  if (format === 'parquet') return parquetRows(checked, names, columns, rows);
  const grid = await gridOf(checked, index);
  return rows.map((row) => pick(grid.rows[row].cells));
}

async function recordsOf(
  checked: RangedFile,
  csv: CsvIndex,
  count: number,
  rows: readonly number[],
): Promise<string[][]> {
  const found: string[][] = [];
  while (found.length < rows.length) {
    const first = rows[found.length] - (rows[found.length] % ROWS_PER_MARK);
    const end = Math.min(count, first + ROWS_PER_MARK);
    const records: string[][] = [];
    for await (const block of readRecords(checked, csv, ROWS_PER_MARK, first, end)) records.push(...block);
    while (found.length < rows.length && rows[found.length] < end) found.push(records[rows[found.length] - first]);
  }
  return found;
}

/** Column by column, so that no more than one is in memory. */
async function parquetRows(
  checked: RangedFile,
  names: readonly string[],
  columns: readonly string[],
  rows: readonly number[],
): Promise<string[][]> {
  const found = rows.map((): string[] => []);
  for (const name of names) {
    const cells = columns.includes(name) ? await parquetColumn(checked, name, rows) : rows.map(() => '');
    cells.forEach((cell, i) => {
      found[i].push(cell);
    });
  }
  return found;
}

async function parquetColumn(checked: RangedFile, name: string, rows: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  let first = rows[0];
  for await (const block of readParquetCells(checked, name, first, rows[rows.length - 1] + 1)) {
    const next = first + block.length;
    while (rows[found.length] < next) found.push(block[rows[found.length] - first] ?? '');
    first = next;
  }
  return found;
}

const grids = new WeakMap<RowIndex, Promise<Grid>>(); // a plan's chunks are read one after the other

function gridOf(checked: RangedFile, index: RowIndex): Promise<Grid> {
  const known = grids.get(index) ?? readWhole(checked);
  grids.set(index, known);
  known.catch(() => grids.delete(index));
  return known;
}

async function* readWholeCells(
  checked: RangedFile,
  index: RowIndex,
  start: number,
  end: number,
): AsyncGenerator<(string | BadRow | undefined)[]> {
  const { columns, delimiter, rows } = await gridOf(checked, index);
  const layout = { cell: columns.indexOf(index.column ?? FORMULA_COLUMN), width: columns.length, delimiter };
  yield rows.slice(start, end).map(({ cells }) => rowCell(cells, layout));
}

async function* allBytes(source: RangedFile): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < source.size; start += READ_BYTES)
    yield await source.read(start, Math.min(source.size, start + READ_BYTES));
}

async function* hashing(pieces: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>, blocks: string[]) {
  for await (const bytes of pieces) {
    hash.update(bytes);
    blocks.push(...blockHashes(bytes));
    yield bytes;
  }
}
