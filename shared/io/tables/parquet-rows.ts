import * as zlib from 'node:zlib';
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
  snappyUncompress,
} from 'hyparquet';
import { InputError, IonsieveError } from '../../errors.ts';
import { MAX_GROUP_ROWS, MAX_PAGE, MAX_TABLE_CELLS, MAX_TABLE_ROWS } from '../../limits.ts';
import type { RangedFile } from '../store/inputs.ts';
import { cellText, type Grid, type GridRow, tooManyRows } from './grid.ts';
import { checkPages } from './parquet-pages.ts';

/**
 * Number of rows of a Parquet file and names of its columns of plain values, from its footer.
 *
 * @throws {InputError} if it is none
 */
export async function indexParquet(source: RangedFile): Promise<{ rows: number; columns: readonly string[] }> {
  const metadata = await readMetadata(source);
  return { rows: Number(metadata.num_rows), columns: columnsOf(metadata, source) };
}

/** See `readCells`. One block a row group: no more than one is decoded at once. */
export async function* readParquetCells(
  source: RangedFile,
  column: string,
  start: number,
  end: number,
): AsyncGenerator<(string | undefined)[]> {
  const metadata = await readMetadata(source);
  let first = 0;
  for (const group of metadata.row_groups) {
    const next = first + Number(group.num_rows);
    const [rowStart, rowEnd] = [Math.max(start, first), Math.min(end, next)];
    if (rowStart < rowEnd) {
      const range = { rowStart: rowStart - first, rowEnd: rowEnd - first };
      const rows = await fetchColumn(source, metadata, group, column)
        .then((part) => parquetReadObjects({ ...part, ...range, columns: [column], compressors: COMPRESSORS }))
        .catch((error: unknown) => {
          throw unreadable(source, error);
        });
      yield rows.map((row) => asText(row[column]));
    }
    first = next;
  }
}

/**
 * A Parquet file in memory.
 *
 * @throws {InputError} if it is none, or has too many rows
 */
export async function readParquetGrid(bytes: Uint8Array, name: string): Promise<Grid> {
  const read = async (start: number, end: number): Promise<Uint8Array> => bytes.subarray(start, end);
  const source = { name, size: bytes.length, version: '', read };
  const { rows: count, columns } = await indexParquet(source);
  if (count * Math.max(1, columns.length) > MAX_TABLE_CELLS || count > MAX_TABLE_ROWS) throw tooManyRows(count, name);
  const rows = Array.from({ length: count }, (_, i): GridRow & { cells: string[] } => ({ cells: [], line: i + 2 })); // as in CSV
  for (const column of columns) {
    let row = 0;
    for await (const block of readParquetCells(source, column, 0, count))
      for (const cell of block) rows[row++].cells.push(cell ?? '');
  }
  return { name, columns, line: 1, delimiter: ',', rows };
}

function columnsOf(metadata: FileMetaData, source: RangedFile): string[] {
  try {
    return parquetSchema(metadata)
      .children.filter(({ element, children }) => children.length === 0 && element.repetition_type !== 'REPEATED')
      .map(({ element }) => {
        if (typeof element.name !== 'string') throw new RangeError('a column has no name');
        return element.name;
      });
  } catch (error) {
    throw unreadable(source, error);
  }
}

/** Row groups hold the rows that the file has, and lie in it; what is decoded at once fits into memory. */
function checkCounts({ num_rows, row_groups }: FileMetaData, { size }: RangedFile): void {
  let rows = 0;
  for (const group of row_groups) {
    const groupRows = Number(group.num_rows);
    if (!(groupRows >= 0 && groupRows <= MAX_GROUP_ROWS))
      throw new RangeError(`a row group claims ${groupRows} rows, and at most ${MAX_GROUP_ROWS} are read at once`);
    rows += groupRows;
    for (const { meta_data } of group.columns) checkColumn(meta_data, size);
  }
  if (Number(num_rows) !== rows) throw new RangeError(`it claims ${num_rows} rows, and its row groups hold ${rows}`);
}

function checkColumn(column: ColumnMetaData | undefined, size: number): void {
  if (column === undefined) throw new RangeError('a column lies in another file');
  const { codec } = column;
  if (codec !== 'UNCOMPRESSED' && COMPRESSORS[codec] === undefined)
    throw new RangeError(`a column is packed with ${codec}`);
  const { start, end } = placeOf(column);
  if (!(start >= 0 && end >= start && end <= size && Number(column.num_values) <= MAX_GROUP_ROWS))
    throw new RangeError(`a column claims ${column.num_values} values in the bytes ${start} to ${end}`);
}

/** Bytes of a column in one row group: from its dictionary on, if it has one. */
function placeOf(column: ColumnMetaData): { readonly start: number; readonly end: number } {
  const [dictionary, data] = [column.dictionary_page_offset, column.data_page_offset].map((offset) =>
    Number(offset ?? 0),
  );
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  return { start, end: start + Number(column.total_compressed_size) };
}

/** One column of a row group, fetched and checked: hyparquet sees nothing else of the file. */
async function fetchColumn(source: RangedFile, metadata: FileMetaData, group: RowGroup, name: string) {
  const element = metadata.schema.find((one) => one.name === name);
  const column = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name)?.meta_data;
  if (element === undefined || column === undefined || element.repetition_type === 'REPEATED')
    throw new RangeError(`the column ${name} is no column of plain values`);
  const { start, end } = placeOf(column);
  const bytes = new Uint8Array(await source.read(start, end));
  checkPages(bytes, { codec: column.codec, optional: element.repetition_type === 'OPTIONAL' }, COMPRESSORS);
  const columns = [{ file_offset: 0n, meta_data: column }]; // without the places of indices
  const slice = (from: number, to = source.size): ArrayBuffer => {
    if (!(from >= start && to >= from && to <= end)) throw new RangeError(`no bytes ${from} to ${to} in the column`);
    return bytes.slice(from - start, to - start).buffer;
  };
  return { file: { byteLength: source.size, slice }, metadata: { ...metadata, row_groups: [{ ...group, columns }] } };
}

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;
// Zstandard is in Node from 22.15 on
const { zstdDecompressSync } = zlib as unknown as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array;
};

/** What hyparquet does not bring itself. */
const COMPRESSORS: Readonly<Record<string, Unpack>> = {
  SNAPPY: bounded((bytes, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(bytes, page);
    return page;
  }),
  GZIP: bounded((bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: length })),
  BROTLI: bounded((bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: length })),
  ...(zstdDecompressSync === undefined
    ? {}
    : { ZSTD: bounded((bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: length })) }),
};

/** A page says how long it is when unpacked: nothing longer is unpacked, and nothing too long. */
function bounded(unpack: Unpack): Unpack {
  return (bytes, length) => {
    if (!(length >= 0 && length <= MAX_PAGE)) throw new RangeError(`a page claims ${length} bytes`);
    return length === 0 ? new Uint8Array() : unpack(bytes, length);
  };
}

function asText(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : cellText(value);
}

async function readMetadata(source: RangedFile): Promise<FileMetaData> {
  try {
    const metadata = await parquetMetadataAsync(asyncBuffer(source));
    checkCounts(metadata, source);
    return metadata;
  } catch (error) {
    throw unreadable(source, error);
  }
}

function asyncBuffer({ size, read }: RangedFile): AsyncBuffer {
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = await read(start, end);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
}

/** What the file's bytes made fail; a failure to get them is reported as it is. */
function unreadable({ name }: RangedFile, error: unknown): unknown {
  if (error instanceof IonsieveError || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  return new InputError(
    `this is no Parquet file that can be read (${(error as Error).message})`,
    { file: name },
    zstdDecompressSync === undefined && /ZSTD/.test((error as Error).message)
      ? 'Packed with ZSTD it is read from Node 22.15 on: use Node 22.15 or later, or write it again with Snappy.'
      : 'Write it again, packed with Snappy or not at all.',
    { cause: error },
  );
}
