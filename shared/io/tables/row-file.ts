import { createHash } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { BLOCK_BYTES, blockHashes, checkedFile } from '../store/checked-file.ts';
import type { RangedFile } from '../store/inputs.ts';
import { type CsvIndex, indexCsv, readCsvCells } from './csv-rows.ts';
import { indexParquet, readParquetCells } from './parquet-rows.ts';

/** What is known of a table after it was read once: enough to read any range of its rows. */
export interface RowIndex {
  readonly format: 'csv' | 'parquet';
  readonly rows: number; // without header
  readonly size: number; // bytes
  readonly sha256: string; // of the bytes
  readonly blocks: readonly string[]; // SHA-256 of the bytes block by block, see `checkedFile`
  readonly csv?: CsvIndex;
}

/** Rows between two marks of an index: ranges that begin at a multiple of it are found quickest. */
export const ROWS_PER_MARK = 4096;

const READ_BYTES = 32 * BLOCK_BYTES;

/**
 * Read a table once, by ranges: count its rows and remember where they are.
 *
 * @param column that will be read
 * @throws {InputError} if it is no CSV or Parquet file, or lacks the column
 */
export async function indexRows(source: RangedFile, column: string): Promise<RowIndex> {
  const hash = createHash('sha256');
  const blocks: string[] = [];
  const { size } = source;
  const hashed = hashing(allBytes(source), hash, blocks);
  if (formatOf(source.name) === 'parquet') {
    const rows = await indexParquet(source, column);
    for await (const _ of hashed);
    return { format: 'parquet', rows, size, sha256: hash.digest('hex'), blocks };
  }
  const { rows, ...csv } = await indexCsv(source, hashed, column, ROWS_PER_MARK);
  return { format: 'csv', rows, size, sha256: hash.digest('hex'), blocks, csv };
}

/**
 * Cells of the column of rows start (inclusive) to end (exclusive), in order, in blocks of any length. A row without
 * such a cell gives undefined.
 *
 * @throws {IntegrityError} if what is read is not what was indexed
 */
export function readCells(
  source: RangedFile,
  index: RowIndex,
  column: string,
  start: number,
  end: number,
): AsyncGenerator<(string | undefined)[]> {
  const checked = checkedFile(source, index.blocks);
  if (index.csv === undefined) return readParquetCells(checked, column, start, end);
  return readCsvCells(checked, index.csv, ROWS_PER_MARK, start, end);
}

/** Whether a file is a table that can be read, by its name. */
export function isTable(name: string): boolean {
  return /\.(csv|parquet)$/i.test(name);
}

function formatOf(name: string): RowIndex['format'] {
  if (/\.parquet$/i.test(name)) return 'parquet';
  if (/\.csv$/i.test(name)) return 'csv';
  const remedy = 'Give CSV (.csv, not packed) or Parquet (.parquet) with a column of formulas.';
  throw new InputError('this is no table that can be read by ranges of rows', { file: name }, remedy);
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
