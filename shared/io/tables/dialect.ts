import { parse } from 'csv-parse/sync';
import { InputError } from '../../errors.ts';
import { isKeyName } from './formula-column.ts';

const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How the cells and rows of a text are divided. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly rowEnds: readonly string[];
  readonly isTold: boolean; // by a first line such as `sep=;`, which is no header
}

const NAMES: Readonly<Record<Delimiter, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };
const LINE_FEEDS = ['\r\n', '\n'];
const RETURNS = ['\r\n', '\r', '\n']; // a Mac's spreadsheet ends rows with a return
const TOLD = /^\uFEFF?sep=([,;\t])\r?\n/i;
const ROWS = 20; // that the header is compared with

/** Whether a text tells what divides its cells in a line before the header, as Excel wants it. */
export function toldDelimiter(text: string): Delimiter | undefined {
  return TOLD.exec(text)?.[1] as Delimiter | undefined;
}

/**
 * Tell from the header and the first rows what divides cells and rows.
 *
 * @param head of the text, or all of it
 * @param file for messages
 * @param required columns that the header must have; if empty, one of formulas or ids
 * @throws {InputError} if the header can be divided in two ways and neither names nor rows decide
 */
export function dialectOf(head: string, file: string, required: readonly string[] = []): Dialect {
  const told = toldDelimiter(head);
  const rowEnds = endsWithReturn(head) ? RETURNS : LINE_FEEDS;
  if (told !== undefined) return { delimiter: told, rowEnds, isTold: true };
  const readings = DELIMITERS.map((delimiter) => ({ delimiter, records: firstRecords(head, delimiter, rowEnds) }));
  const divided = readings.filter(({ records }) => records.length > 0 && records[0].length > 1);
  const isKey = (name: string): boolean => (required.length > 0 ? required.includes(name) : isKeyName(name));
  const keyed = divided.filter(({ records: [header] }) => header.some((name) => isKey(name.trim())));
  const named = keyed.length > 0 ? keyed : divided;
  const even = named.filter(({ records: [header, ...rows] }) => rows.every(({ length }) => length === header.length));
  if (named.length > 1 && even.length !== 1) throw ambiguous(named, file);
  const [chosen = { delimiter: ',' as const }] = named.length > 1 ? even : named;
  return { delimiter: chosen.delimiter, rowEnds, isTold: false };
}

/** Whether the first row ends with a return that no line feed follows. */
function endsWithReturn(text: string): boolean {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') quoted = !quoted;
    else if (char === '\n' && !quoted) return false;
    else if (char === '\r' && !quoted) return i + 1 < text.length && text[i + 1] !== '\n';
  }
  return false;
}

function firstRecords(text: string, delimiter: string, ends: readonly string[]): readonly string[][] {
  const records: string[][] = [];
  const lenient = { relax_quotes: true, relax_column_count: true, skip_empty_lines: true, bom: true };
  const keep = (record: string[]): null => {
    records.push(record);
    return null;
  };
  try {
    parse(text, { ...lenient, delimiter, record_delimiter: [...ends], to: ROWS, on_record: keep });
  } catch {
    // a head may end inside a quoted cell; whoever reads all of it says what is wrong
  }
  return records;
}

function ambiguous(
  readings: readonly { readonly delimiter: Delimiter; readonly records: readonly string[][] }[],
  file: string,
): InputError {
  const tried = readings.map(
    ({ delimiter, records: [header] }) =>
      `by ${NAMES[delimiter]} into ${header.map((name) => name.trim()).join(' | ')}`,
  );
  return new InputError(
    `the header can be divided ${tried.join(', or ')}, and the rows do not decide`,
    { file, line: 1 },
    'Quote the cells of the header that hold commas or semicolons.',
  );
}

/**
 * A cell with decimal commas as one with decimal points, where the table is not divided by commas. Only commas between
 * digits are decimal; `1,234` in a table of tabs may be a thousand, and stays as it is.
 */
export function withDecimalPoints(cell: string, delimiter: Delimiter): string {
  if (delimiter === ',' || !cell.includes(',')) return cell;
  if (cell.includes('.') || /(?<!\d),|,(?!\d)/.test(cell)) return cell;
  if (delimiter === '\t' && /^[^\d]*[1-9]\d{0,2},\d{3}$/.test(cell)) return cell;
  return cell.replaceAll(',', '.');
}
