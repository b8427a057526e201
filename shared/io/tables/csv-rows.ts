import { parse } from 'csv-parse/sync';
import { InputError, IntegrityError } from '../../errors.ts';
import type { RangedFile } from '../store/inputs.ts';
import { type BadRow, rowCell } from './bad-row.ts';
import { csvError } from './csv.ts';
import type { Delimiter } from './dialect.ts';
import { findFormulaColumn } from './formula-column.ts';
import { countLines, decodeText, invalidUtf8, Utf8Check } from './text-encoding.ts';

/** Where the rows of a CSV file are. */
export interface CsvIndex {
  readonly cell: number; // position of the column in a row, from 0
  readonly marks: readonly number[]; // byte at which every so-manieth row begins, and the end of the file
  readonly delimiter?: Delimiter; // absent: a comma
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPAN_BYTES = 1 << 23; // read at once, at least one mark

/** Where a scan is in a record. */
type ScanState = 'cell begins' | 'plain' | 'quoted' | 'quote ended';

/**
 * Finds the records of a CSV file byte by byte. A quote opens a quoted cell only where a cell begins; line breaks inside
 * quoted cells do not end a record, and empty lines are none.
 */
class RecordScanner {
  private readonly delimiter: number; // byte
  private state: ScanState = 'cell begins';
  private isEmpty = true; // of bytes other than a carriage return
  private begin = 0; // of the current record
  private position = 0;

  constructor(delimiter: Delimiter) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Report the records that end in these bytes by their first byte and the byte after their line break. */
  scan(bytes: Uint8Array, onRecord: (begin: number, end: number) => void): void {
    let { state, isEmpty } = this;
    const { delimiter } = this;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'quote ended';
        continue;
      }
      if (byte === NEWLINE) {
        this.endRecord(this.position + i + 1, isEmpty, onRecord);
        state = 'cell begins';
        isEmpty = true;
        continue;
      }
      if (byte === QUOTE && state !== 'plain') state = 'quoted';
      else if (byte === delimiter) state = 'cell begins';
      else state = 'plain';
      if (byte !== RETURN) isEmpty = false;
    }
    this.state = state;
    this.isEmpty = isEmpty;
    this.position += bytes.length;
  }

  private endRecord(end: number, isEmpty: boolean, onRecord: (begin: number, end: number) => void): void {
    if (!isEmpty) onRecord(this.begin, end);
    this.begin = end;
  }

  /** The record that the file ends with, without a line break. Returns false if it ends inside a quoted cell. */
  end(onRecord: (begin: number, end: number) => void): boolean {
    if (this.state === 'quoted') return false;
    if (!this.isEmpty) onRecord(this.begin, this.position);
    return true;
  }
}

/**
 * Count the rows of a CSV file with a header line, and mark where every `every`-th begins.
 *
 * @param blocks all bytes of the file, in order
 * @throws {InputError} if there is no column of formulas, a quote is never closed, or the bytes are not UTF-8
 */
export async function indexCsv(
  source: RangedFile,
  blocks: AsyncIterable<Uint8Array>,
  delimiter: Delimiter,
  every: number,
): Promise<CsvIndex & { readonly rows: number; readonly columns: readonly string[] }> {
  const marks: number[] = [];
  let records = 0; // the header too
  let header = 0;
  const scanner = new RecordScanner(delimiter);
  const utf8 = new Utf8Check();
  const onRecord = (begin: number, end: number): void => {
    if (records === 0) header = end;
    else if ((records - 1) % every === 0) marks.push(begin);
    records++;
  };
  for await (const bytes of blocks) {
    const invalid = utf8.add(bytes);
    if (invalid !== undefined) throw await invalidText(source, invalid);
    scanner.scan(bytes, onRecord);
  }
  const cut = utf8.end();
  if (cut !== undefined) throw await invalidText(source, cut);
  if (!scanner.end(onRecord)) throw unclosed(source, records);
  marks.push(source.size);
  const columns = headerCells(decodeText(await source.read(0, header), source.name), delimiter, source.name);
  const cell = findFormulaColumn(columns, { file: source.name, line: 1 });
  const divided = delimiter === ',' ? {} : { delimiter };
  return { cell, marks, ...divided, columns, rows: Math.max(0, records - 1) };
}

/** See `readCells`. Rows are read from the mark at or before `start` on. @param width cells of the header */
export async function* readCsvCells(
  source: RangedFile,
  { cell, marks, delimiter = ',' }: CsvIndex,
  width: number,
  every: number,
  start: number,
  end: number,
): AsyncGenerator<(string | BadRow | undefined)[]> {
  const records = readRecords(source, { marks, delimiter }, every, start, end);
  for await (const block of records) yield block.map((record) => rowCell(record, { cell, width, delimiter }));
}

/** Rows start (inclusive) to end (exclusive) with all their cells. */
export async function* readRecords(
  source: RangedFile,
  { marks, delimiter = ',' }: Pick<CsvIndex, 'marks' | 'delimiter'>,
  every: number,
  start: number,
  end: number,
): AsyncGenerator<string[][]> {
  let mark = Math.floor(start / every);
  const last = Math.ceil(end / every);
  while (mark < last) {
    let next = mark + 1;
    while (next < last && marks[next + 1] - marks[mark] <= SPAN_BYTES) next++;
    const records = parseRecords(decode(await source.read(marks[mark], marks[next])), delimiter);
    const first = mark * every;
    const expected = next === marks.length - 1 ? Math.min(end, next * every) - first : (next - mark) * every;
    const isWhole = next === marks.length - 1 ? records.length >= expected : records.length === expected;
    if (!isWhole) throw misread(source, first, expected, records.length);
    yield records.slice(Math.max(0, start - first), end - first);
    mark = next;
  }
}

function headerCells(text: string, delimiter: Delimiter, file: string): string[] {
  try {
    const [names = []] = parseRecords(text, delimiter);
    return names.map((name) => name.trim());
  } catch (error) {
    throw csvError(error, file);
  }
}

function parseRecords(text: string, delimiter: Delimiter): string[][] {
  const lenient = { relax_quotes: true, relax_column_count: true }; // a bad row is reported as one, not as a bad file
  const options = { ...lenient, delimiter, skip_empty_lines: true, record_delimiter: ['\r\n', '\n'] };
  return parse(text, options) as string[][];
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

async function invalidText(source: RangedFile, at: number): Promise<InputError> {
  let line = 1;
  for (let start = 0; start < at; start += SPAN_BYTES)
    line += countLines(await source.read(start, Math.min(at, start + SPAN_BYTES)));
  const [byte] = await source.read(at, at + 1);
  return invalidUtf8(byte, at, { file: source.name, line });
}

function unclosed({ name }: RangedFile, records: number): InputError {
  const problem = `a quoted cell is still open at the end of the file, in row ${records} or after`;
  return new InputError(problem, { file: name }, 'Close the quote, or double quotes that are part of a cell.');
}

function misread({ name }: RangedFile, first: number, expected: number, found: number): IntegrityError {
  return new IntegrityError(
    `from row ${first} on there are ${found} rows where ${expected} were counted`,
    { file: name },
    'The file has changed since the run was planned, or has quotes inside plain cells: start again with a clean file.',
  );
}
