import type { ColumnMetaData, Compressors, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { MAX_GROUP_ROWS, MAX_PAGE } from '../../limits.ts';

/** Where a decoder reads. */
interface Reader {
  readonly view: DataView<ArrayBuffer>;
  offset: number;
}

/** A column of plain values, of one row group. */
export interface PlainColumn {
  readonly codec: ColumnMetaData['codec'];
  readonly optional: boolean; // whether values may be missing
}

const SLACK = 4096; // values by which writers' last run may exceed a page

/**
 * Check the pages of a column before hyparquet decodes them, which trusts what they say: a run of a billion values in a
 * page of ten would fill the memory.
 *
 * @param bytes of the column in one row group
 * @throws {RangeError} for sizes that are not those of the page
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function checkPages(bytes: Uint8Array<ArrayBuffer>, column: PlainColumn, compressors: Compressors): void {
  const reader = readerOf(bytes);
  while (reader.offset < bytes.length - 1) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    requireCount(size, bytes.length - reader.offset, 'packed bytes');
    requireCount(header.uncompressed_page_size, MAX_PAGE, 'bytes');
    const content = bytes.subarray(reader.offset, reader.offset + size);
    if (header.data_page_header) checkPage(content, header, column, compressors);
    else if (header.data_page_header_v2) checkPageV2(content, header, column, compressors);
    else requireCount(header.dictionary_page_header?.num_values ?? 0, MAX_GROUP_ROWS, 'values');
    reader.offset += size;
  }
}

function checkPage(bytes: Uint8Array, header: PageHeader, { codec, optional }: PlainColumn, compressors: Compressors) {
  const { num_values: values, encoding } = header.data_page_header!;
  requireCount(values, MAX_GROUP_ROWS, 'values');
  const reader = readerOf(decompressPage(bytes, header.uncompressed_page_size, codec, compressors));
  if (optional) {
    const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true);
    reader.offset += 4;
    checkRuns(reader, 1, values);
    reader.offset = end;
  }
  checkReferences(reader, encoding, values);
}

function checkPageV2(
  bytes: Uint8Array,
  header: PageHeader,
  { codec, optional }: PlainColumn,
  compressors: Compressors,
) {
  const page = header.data_page_header_v2!;
  const { num_values: values, num_nulls: nulls, encoding } = page;
  const [repetitions, definitions] = [page.repetition_levels_byte_length, page.definition_levels_byte_length];
  requireCount(values, MAX_GROUP_ROWS, 'values');
  requireCount(nulls, values, 'missing values');
  requireCount(page.num_rows, values, 'rows');
  requireCount(repetitions, bytes.length, 'bytes of repetition levels');
  requireCount(definitions, bytes.length - repetitions, 'bytes of definition levels');
  const levels = readerOf(bytes);
  levels.offset = repetitions;
  if (optional) checkRuns(levels, 1, values);
  const packed = bytes.subarray(repetitions + definitions);
  const length = header.uncompressed_page_size - repetitions - definitions;
  const content = page.is_compressed === false ? packed : decompressPage(packed, length, codec, compressors);
  checkReferences(readerOf(content), encoding, values - nulls);
}

/** What values refer to: entries of a dictionary (width of the indices, and runs of them), or the beginning of those before. */
function checkReferences(reader: Reader, encoding: string, values: number): void {
  if (encoding === 'DELTA_BYTE_ARRAY') checkPrefixes(reader, values);
  if (!encoding.endsWith('_DICTIONARY')) return;
  const width = reader.view.getUint8(reader.offset++);
  requireCount(width, 32, 'bits');
  if (width > 0) checkRuns(reader, width, values);
}

/** Texts that begin as those before them are short together. */
function checkPrefixes(reader: Reader, values: number): void {
  const start = reader.offset;
  const [, , count] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)]; // sizes of a block and of its parts
  requireCount(count, values, 'texts');
  reader.offset = start;
  const lengths = new Int32Array(count);
  deltaBinaryUnpack(reader, count, lengths);
  const total = lengths.reduce((sum, length) => sum + Math.abs(length), 0);
  requireCount(total, MAX_PAGE, 'repeated bytes');
}

/** No run of equal values, or of values packed in groups of eight, holds more than there are; nulls have no index. */
function checkRuns(reader: Reader, width: number, values: number): void {
  for (let seen = 0; seen < values && reader.offset < reader.view.byteLength; ) {
    const header = readVarInt(reader);
    const isPacked = (header & 1) === 1;
    const count = (header >>> 1) * (isPacked ? 8 : 1);
    requireCount(count, values - seen + SLACK, 'values in a run');
    reader.offset += isPacked ? (count / 8) * width : Math.ceil(width / 8);
    seen += count;
  }
}

function readerOf(bytes: Uint8Array): Reader {
  return { view: new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function requireCount(value: number, most: number, what: string): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= most))
    throw new RangeError(`a page claims ${value} ${what} where at most ${most} are possible`);
}
