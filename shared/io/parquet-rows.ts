import * as zlib from 'node:zlib';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { InputError } from '../errors.ts';
import type { RangedFile } from './inputs.ts';

/**
 * Number of rows of a Parquet file, from its footer.
 *
 * @throws {InputError} if it is none, or lacks the column
 */
export async function indexParquet(source: RangedFile, column: string): Promise<number> {
  const metadata = await readMetadata(source);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (!columns.includes(column)) {
    const problem = `column ${column} is missing; found ${columns.join(', ')}`;
    throw new InputError(problem, { file: source.name }, `The table must have the column ${column}.`);
  }
  return Number(metadata.num_rows);
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
      const file = asyncBuffer(source);
      const options = { file, metadata, columns: [column], rowStart, rowEnd, compressors: COMPRESSORS };
      const rows = await parquetReadObjects(options).catch((error: unknown) => {
        throw unreadable(source, error);
      });
      yield rows.map((row) => asText(row[column]));
    }
    first = next;
  }
}

type Unpack = (bytes: Uint8Array) => Uint8Array;
// Zstandard is in Node from 22.15 on
const { zstdDecompressSync } = zlib as unknown as { readonly zstdDecompressSync?: Unpack };

/** What hyparquet does not bring itself. */
const COMPRESSORS: Readonly<Record<string, Unpack>> = {
  GZIP: (bytes) => zlib.gunzipSync(bytes),
  BROTLI: (bytes) => zlib.brotliDecompressSync(bytes),
  ...(zstdDecompressSync === undefined ? {} : { ZSTD: zstdDecompressSync }),
};

function asText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? value : String(value);
}

async function readMetadata(source: RangedFile) {
  return parquetMetadataAsync(asyncBuffer(source)).catch((error: unknown) => {
    throw unreadable(source, error);
  });
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

function unreadable({ name }: RangedFile, error: unknown): InputError {
  return new InputError(
    `this is no Parquet file that can be read (${(error as Error).message})`,
    { file: name },
    'Write it again, packed with Snappy or not at all.',
    { cause: error },
  );
}
