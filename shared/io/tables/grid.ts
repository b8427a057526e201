import { stringify } from 'csv-stringify/sync';
import { InputError } from '../../errors.ts';
import { MAX_TABLE_ROWS } from '../../limits.ts';
import type { Delimiter } from './dialect.ts';

/** A row of a table, and the line of the file or the row of the sheet that it stands in. */
export interface GridRow {
  readonly cells: readonly string[];
  readonly line: number; // 1-based
}

/** A table in memory, whatever file it comes from. */
export interface Grid {
  readonly name: string; // of the file, and of its sheet if it has several, for messages
  readonly sheet?: string; // where a workbook has several
  readonly columns: readonly string[];
  readonly line: number; // of the header
  readonly delimiter: Delimiter; // of its text; a comma where it is none
  readonly rows: readonly GridRow[];
}

/** A value of a table as text; no text for none. Dates are in ISO 8601, at midnight without the time. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (!(value instanceof Date)) return String(value);
  if (Number.isNaN(value.getTime())) return 'invalid date';
  const [date, time] = value.toISOString().split('T');
  return time.startsWith('00:00:00.000') ? date : `${date}T${time.slice(0, 8)}`;
}

/**
 * A table as CSV text in which every row has the line that it has in its file or sheet; line breaks inside cells become
 * `⏎`. All texts are quoted.
 */
export function gridText({ columns, line, rows }: Grid): string {
  const lines: (readonly string[])[] = [];
  for (const row of [{ cells: columns, line }, ...rows]) {
    while (lines.length < row.line - 1) lines.push([]);
    const missing = Math.max(0, columns.length - row.cells.length);
    const cells = row.cells.map((cell) => cell.replace(/\r\n|[\r\n]/g, '⏎'));
    lines.push([...cells, ...Array<string>(missing).fill('')]);
  }
  return stringify(lines as string[][], { quoted_string: true });
}

/** A table with more rows than are read as a whole. */
export function tooManyRows(rows: number, file: string): InputError {
  return new InputError(
    `the table has ${rows} rows or more, and at most ${MAX_TABLE_ROWS} are read at once`,
    { file },
    'Save it as CSV in UTF-8, or as Parquet, which as a list may have any number of rows; or leave out what is not needed.',
  );
}
