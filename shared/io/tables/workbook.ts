import { type Cell, type CellValue, readXlsx, type Sheet } from 'hucre/xlsx';
import { InputError } from '../../errors.ts';
import { MAX_WORKBOOK } from '../../limits.ts';
import { cellText, type Grid, type GridRow } from './grid.ts';

const REMEDY = 'Save it again as an Excel workbook (.xlsx), or as CSV.';
const END_OF_ENTRIES = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LONGEST_COMMENT = 0xffff;
const DESCRIPTOR_FLAG = 8; // sizes stand behind the data
const EMPTY_DEFLATED = 2; // bytes
const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [String(digit), sign])),
  '+': '⁺',
  '-': '⁻',
  '−': '⁻',
};

/**
 * The first sheet of an Excel workbook whose first row has a header that is wanted; hidden sheets are passed over. Raised
 * characters stay raised, formulas are taken by their stored result.
 *
 * @param name for messages
 * @param isHeader whether the cells of a sheet's first row are the header that is looked for; if none are, the first
 *   sheet with a row counts
 * @throws {InputError} if it cannot be read, or unpacks to more than {@link MAX_WORKBOOK} bytes
 */
export async function readWorkbook(
  bytes: Uint8Array,
  name: string,
  isHeader: (cells: readonly string[]) => boolean,
): Promise<Grid> {
  checkUnpackedSize(bytes, name);
  const { sheets } = await readXlsx(bytes).catch((error: unknown) => {
    const problem = `this is no Excel workbook that can be read (${(error as Error).message})`;
    throw new InputError(problem, { file: name }, REMEDY, { cause: error });
  });
  const shown = sheets.filter(({ hidden, veryHidden }) => !hidden && !veryHidden);
  const tables = shown.map((sheet) => ({ sheet, rows: filledRows(sheet) })).filter(({ rows }) => rows.length > 0);
  const chosen = tables.find(({ rows: [header] }) => isHeader(header.cells)) ?? tables[0];
  if (chosen === undefined) throw new InputError('the workbook has no filled cells', { file: name }, REMEDY);
  const [header, ...rows] = chosen.rows;
  return {
    ...(shown.length === 1 ? { name } : { name: `${name}, sheet ${chosen.sheet.name}`, sheet: chosen.sheet.name }),
    columns: header.cells.map((cell) => cell.trim()),
    line: header.line,
    delimiter: ',',
    rows,
  };
}

function filledRows({ rows, cells }: Sheet): GridRow[] {
  return rows.flatMap((values, r) => {
    const texts = values.map((value, c) => sheetCellText(value, cells?.get(`${r},${c}`)));
    const end = texts.findLastIndex((text) => text !== '') + 1;
    return end === 0 ? [] : [{ cells: texts.slice(0, end), line: r + 1 }];
  });
}

function sheetCellText(value: CellValue, cell: Cell | undefined): string {
  if (cell?.richText !== undefined)
    return cell.richText.map(({ text, font }) => (font?.vertAlign === 'superscript' ? raised(text) : text)).join('');
  if (value === null && cell?.formula !== undefined) return `=${cell.formula}`; // without a stored result
  return cellText(value);
}

/** Raised characters mean other things than those on the line: an isotope, a footnote, an exponent. */
function raised(text: string): string {
  return [...text].map((char) => SUPERSCRIPTS[char] ?? (/\s/.test(char) ? char : `^${char}`)).join('');
}

/**
 * Refuse what unpacks to more than fits: the reader unpacks no part beyond the size that the archive's directory states.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16
 */
function checkUnpackedSize(bytes: Uint8Array, file: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  const last = Math.max(0, end - LONGEST_COMMENT);
  while (end >= last && view.getUint32(end, true) !== END_OF_ENTRIES) end--;
  const damaged = new InputError('the workbook is damaged or cut off', { file }, 'Fetch it again, or save it again.');
  if (end < last) throw damaged;
  let total = 0;
  let at = view.getUint32(end + 16, true);
  for (let entry = view.getUint16(end + 10, true); entry > 0; entry--) {
    if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY) throw damaged;
    const [packed, unpacked] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const isStatedLater = (view.getUint16(at + 8, true) & DESCRIPTOR_FLAG) > 0 && packed === 0;
    if (isStatedLater || (unpacked === 0 && packed > EMPTY_DEFLATED)) throw damaged;
    total += unpacked;
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (total > MAX_WORKBOOK)
    throw new InputError(
      `the workbook unpacks to ${total} bytes, and at most ${MAX_WORKBOOK} are read`,
      { file },
      'Save the sheet as CSV, which may be of any size as a list.',
    );
}
