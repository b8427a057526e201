import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { writeXlsx } from 'hucre/xlsx';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { fileInputs } from '../../../shared/io/store/inputs.ts';
import { indexRows, ROWS_PER_MARK, readCells } from '../../../shared/io/tables/row-file.ts';
import { Utf8Check } from '../../../shared/io/tables/text-encoding.ts';
import type { ListCell } from '../../../shared/screen/skipped-rows.ts';
import { sharedCase } from '../../shared-data.ts';

const directory = mkdtempSync(join(tmpdir(), 'ionsieve-lists-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;

/** Formulas of a list, with the reason of a bad row in its place. @param cuts where it is read in parts */
async function read(path: string, cuts: readonly number[] = []): Promise<(string | undefined)[]> {
  const file = await fileInputs.open(path);
  const index = await indexRows(file);
  const cells: ListCell[] = [];
  const ends = [...cuts, index.rows].filter((end) => end <= index.rows);
  for (const [i, end] of ends.entries())
    for await (const block of readCells(file, index, i === 0 ? 0 : ends[i - 1], end)) cells.push(...block);
  return cells.map((cell) => (typeof cell === 'object' ? `${cell.reason}: ${cell.problem}` : cell));
}

function list(content: string | Uint8Array, name = 'list.csv', cuts?: readonly number[]) {
  const path = join(directory, `${files++}-${name}`);
  writeFileSync(path, content);
  return read(path, cuts);
}

const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');
const bigEndian = (text: string): Uint8Array => Buffer.from(utf16(text)).swap16();
const TOO_MANY = /^too many cells: the row has 4 cells, and the header 2/;
const CUT = 'unreadable formula: a decimal comma seems to divide the formula: quote it';

describe('a list as people save it', () => {
  const rows = ['Li3PS4', 'Li6.4La3Zr1.4Ta0.6O12'];
  const text = (divider: string, end: string): string =>
    [`Note${divider}Composition`, ...rows.map((formula) => `x${divider}${formula}`), ''].join(end);

  it.each([
    ['commas', text(',', '\n')],
    ['semicolons', text(';', '\r\n')],
    ['tabs', text('\t', '\n')],
    ['returns', text(',', '\r')],
    ['returns and a line feed inside a cell', `Note,Composition\r"a\nb",${rows[0]}\rx,${rows[1]}`],
    ['a first line that tells the divider', `sep=;\r\n${text(';', '\r\n')}`],
    ['decimal commas between semicolons', text(';', '\n').replaceAll('.', ',')],
    ['a byte order mark', `\ufeff${text(',', '\n')}`],
    ['UTF-16', utf16(text('\t', '\r\n'))],
    ['UTF-16, big endian', bigEndian(text(';', '\r\n'))],
    ['gzip', zlib.gzipSync(text(',', '\n'))],
    ['empty columns', `Note,Composition,,\nx,${rows[0]},,\n,${rows[1]},,,\n`],
  ])('is read with %s', async (_, content) => {
    expect(await list(content)).toEqual(rows);
    expect(await list(content, 'list.csv', [1])).toEqual(rows);
  });

  it.each([
    'formula',
    'Formula',
    'FORMULA',
    ' composition ',
    'Chemical formula',
    'chemical_formula_reduced',
    'formula_pretty',
    'Reduced Composition',
    'True Composition',
    'Formula (reduced)',
  ])('finds its formulas under %j', async (name) => {
    expect(await list(`id,${name}\n1,LiCl\n`)).toEqual(['LiCl']);
  });

  it('takes the column called formula before others, and asks where several could be meant', async () => {
    expect(await list('composition,formula\nNaCl,LiCl\n')).toEqual(['LiCl']);
    await expect(list('Composition,Reduced formula\nNaCl,LiCl\n')).rejects.toThrow(
      'the columns Composition, Reduced formula could all be the formulas',
    );
    await expect(list('formula,n,n\nLiCl,1,2\n')).rejects.toThrow('column "n" occurs twice');
    await expect(list('formula weight,composition id\n1,2\n')).rejects.toThrow(
      'column formula is missing; found formula weight, composition id',
    );
  });

  it('tells the divider by the name of the column, not by how often it occurs', async () => {
    expect(await list('formula;sigma (S/cm, 25 °C, dry)\nLi6,4La3Zr2O12;1\n')).toEqual(['Li6.4La3Zr2O12']);
    expect(await list('a;b;c,formula\n1;2;3,LiCl\n')).toEqual(['LiCl']);
    await expect(list('formula;x,formula\na;b,c\n')).rejects.toThrow(
      'by commas into formula;x | formula, or by semicolons into formula | x,formula, and the rows do not decide',
    );
  });

  it('is formulas line by line where a .txt has no header', async () => {
    expect(await list('# mine, of 2026\n\nLiCl\n# more\nLi2S\n', 'list.txt')).toEqual(['LiCl', 'Li2S']);
    expect(await list(utf16('Formula\tn\nLi2S\t1\n'), 'unicode text.txt')).toEqual(['Li2S']);
    await expect(list('LiCl\nLi2S\n')).rejects.toThrow('column formula is missing; found LiCl');
  });
});

describe('a bad row of a list', () => {
  it('has more cells than the header', async () => {
    expect(await list('formula,note\nLi3,5Zn0,25GeO4,y\nLiCl,z\n')).toEqual([expect.stringMatching(TOO_MANY), 'LiCl']);
    expect(await list('formula\nLi6,4La3\nLiCl\n')).toEqual([expect.stringMatching(/^too many cells/), 'LiCl']);
    expect(await list('formula;note\nLiCl;a;b\n')).toEqual([expect.stringMatching(/^too many cells/)]);
  });

  it('may have as many, if a decimal comma divides the formula', async () => {
    const header = 'formula,a,b,c\n';
    const divided = ['Li3,5Zn0,25GeO4', 'Li6,4La3Zr1,4Ta0,6O12', 'Li10GeP2S11,5O0,5'];
    for (const row of divided) expect(await list(`${header}${row}\n`)).toEqual([CUT]);
    const others = ['Li3PS4,25C,x', 'Li2S,300K', 'LiCoO2,166,R3m', 'LiF,225,4.02', 'Li2S,2H'];
    for (const row of others) expect(await list(`${header}${row}\n`)).toEqual([row.split(',')[0]]);
  });

  it('has several lines in its cell, or a date', async () => {
    const [lines, date] = await list('formula,x\n"Li3PS4\nLi2S",\n2026-05-01,\n');
    expect(lines).toBe('unreadable formula: there are several lines in the cell: give each formula a row');
    expect(date).toMatch(/^unreadable formula: a spreadsheet has made a date of it/);
    expect(await list('formula\n"Li2S\n"\n')).toEqual(['Li2S\n']);
  });
});

describe('bytes that are not UTF-8', () => {
  it('are refused by byte and line, wherever they stand', async () => {
    const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
    await expect(list(latin('formula,note\nLiCl,ok\nLi2S,\xe9t\xe9\n'))).rejects.toThrow(
      /list\.csv:3: byte 26 \(0xE9\) is not UTF-8\. Save the table as UTF-8/,
    );
    await expect(list(latin('formula,µ\nLiCl,1\n'))).rejects.toThrow('csv:1: byte 8 (0xB5) is not UTF-8');
    await expect(list(Buffer.from('formula\nLiClé').subarray(0, -1))).rejects.toThrow('csv:2: byte 12 (0xC3)');
  });

  it('are found in what comes in pieces, which may divide a character', () => {
    const text = Buffer.from('a\nµé€😀\nb');
    const check = (bytes: Uint8Array, size: number): number | undefined => {
      const utf8 = new Utf8Check();
      for (let at = 0; at < bytes.length; at += size) {
        const invalid = utf8.add(bytes.subarray(at, at + size));
        if (invalid !== undefined) return invalid;
      }
      return utf8.end();
    };
    const characters = [0, 1, 2, 4, 6, 9, 13, 14]; // where they begin
    for (const size of [1, 2, 3, 4, 5, 100]) {
      expect(check(text, size)).toBeUndefined();
      for (const at of characters) expect(check(text.with(at, 0xff), size)).toBe(at);
      expect(check(text.subarray(0, 12), size)).toBe(9);
    }
  });

  it('are told apart from encodings without a mark', async () => {
    await expect(list(Buffer.from('formula\nLiCl\n', 'utf16le'))).rejects.toThrow('UTF-16 without a byte order mark');
    await expect(list(Uint8Array.of(0xff, 0xfe, 0, 0, 0x66, 0, 0, 0))).rejects.toThrow('the text is UTF-32');
    await expect(list(Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x41, 0))).rejects.toThrow('no valid UTF-16LE');
  });
});

describe('a list of any format', () => {
  const formulas = Array.from({ length: 2 * ROWS_PER_MARK + 10 }, (_, i) => `Li${i + 1}Cl`);
  const lines = ['formula;n', ...formulas.map((formula, i) => `${formula};${i}`), ''];

  it.each([
    ['semicolons', lines.join('\n')],
    ['returns', lines.join('\r')],
    ['UTF-16', utf16(lines.join('\r\n'))],
    [
      'Parquet',
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'Formula', data: formulas, type: 'STRING' }] })),
    ],
    [
      'a workbook',
      writeXlsx({ sheets: [{ name: 'a', rows: [['Formula'], ...formulas.map((formula) => [formula])] }] }),
    ],
  ])('has the same rows however it is cut: %s', async (_, made) => {
    const content = await made;
    expect(await list(content)).toEqual(formulas);
    expect(await list(content, 'list.csv', [1, ROWS_PER_MARK, ROWS_PER_MARK + 1])).toEqual(formulas);
  });
});

describe.skipIf(sharedCase('csv/l00-reference.csv') === undefined)('cases', () => {
  const REFERENCE = ['Li3PS4', 'Li6PS5Cl', 'Li6.4La3Zr1.4Ta0.6O12', 'LiCoO2', 'Li2S'];
  it.each([
    ['l00', 'csv/l00-reference.csv', REFERENCE],
    ['l01', 'csv/l01-semicolon.csv', REFERENCE],
    ['l02', 'csv/l02-semicolon-decimal-comma.csv', ['Li3PS4', 'Li6.4La3Zr1.4Ta0.6O12']],
    ['l05', 'csv/l05-cr-only.csv', REFERENCE],
    [
      'l09',
      'csv/l09-quoted-newline.csv',
      [expect.stringMatching(/^unreadable formula: there are several/), 'Li6PS5Cl'],
    ],
    ['l29', 'csv/l29-decimal-comma-unquoted.csv', ['Li6,4La3Zr1,4Ta0,6O12', expect.stringMatching(TOO_MANY), 'Li3PS4']],
  ])('%s', async (_, path, expected) => {
    expect(await read(sharedCase(path) as string)).toEqual(expected);
  });

  it('pq-zstd is read where Node unpacks ZSTD, and names the version otherwise', async () => {
    const rows = read(sharedCase('parquet/pq-polars.parquet') as string);
    if ('zstdDecompressSync' in zlib) expect((await rows)[0]).toMatch(/^Li/);
    else await expect(rows).rejects.toThrow(/packed with ZSTD.*Node 22\.15 or later/);
  });
});
