import { type Delimiter, withDecimalPoints } from './dialect.ts';

/** A row whose formula cannot be told. */
export interface BadRow {
  readonly reason: 'too many cells' | 'unreadable formula'; // groups such rows
  readonly problem: string;
  readonly text: string; // of the row
}

/** Which cell of a row is wanted, and how a row is divided. */
export interface RowLayout {
  readonly cell: number; // position, from 0
  readonly width: number; // cells of the header
  readonly delimiter: Delimiter;
}

const CUT = 'a decimal comma seems to divide the formula: quote it';
const DATE = /^\d{4}-\d\d-\d\d(?:T[\d:]+)?$/;
const SYMBOL_WITH_AMOUNT = /^[A-Z][a-z]?\d+$/;
const FORMULA_ENDS = /\d$/;
const DECIMALS_AND_MORE = /^\d+[A-Z][A-Za-z0-9()[\]]*$/;
const DECIMALS = /^\d+(?:[A-Z(][A-Za-z0-9()[\]]*)?$/;

/** A cell of a row, undefined if the row has none, or why it cannot be told which one it is. */
export function rowCell(row: readonly string[], { cell, width, delimiter }: RowLayout): string | BadRow | undefined {
  if (row.length > width && row.some((text, i) => i >= width && text.trim() !== '')) {
    const problem = `the row has ${row.length} cells, and the header ${width}: quote cells with a decimal comma`;
    return { reason: 'too many cells', problem, text: row.join(delimiter) };
  }
  const text = row[cell];
  if (text === undefined) return undefined;
  if (text.includes('\n') && /[\r\n]/.test(text.trim())) {
    const problem = 'there are several lines in the cell: give each formula a row';
    return { reason: 'unreadable formula', problem, text };
  }
  if (DATE.test(text)) {
    const problem = 'a spreadsheet has made a date of it: format the column as text, and write it again';
    return { reason: 'unreadable formula', problem, text };
  }
  if (delimiter !== ',') return withDecimalPoints(text, delimiter);
  return isCutAtDecimalComma(row, cell)
    ? { reason: 'unreadable formula', problem: CUT, text: row.join(delimiter) }
    : text;
}

/**
 * Whether a formula seems to go on in the next cells, as `Li3,5Zn0,25GeO4` does. A value such as `25C` or `4K` after
 * a formula of several elements is none of it.
 */
function isCutAtDecimalComma(row: readonly string[], cell: number): boolean {
  const next = row[cell + 1];
  if (next === undefined || !DECIMALS_AND_MORE.test(next) || !FORMULA_ENDS.test(row[cell])) return false;
  return SYMBOL_WITH_AMOUNT.test(row[cell]) || (FORMULA_ENDS.test(next) && DECIMALS.test(row[cell + 2] ?? ''));
}
