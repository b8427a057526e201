import { type Cell, type CellValue, writeXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../shared/io/tables/csv.ts';
import { openTable, tableText } from '../../../shared/io/tables/table-file.ts';
import { createRandom, randomInteger } from '../../../shared/random.ts';

type Rows = CellValue[][];
const sheet = (name: string, rows: Rows, more: object = {}) => ({ name, rows, ...more });
const workbook = (...sheets: ReturnType<typeof sheet>[]): Promise<Uint8Array> => writeXlsx({ sheets });
const cellsOf = async (bytes: Uint8Array) => (await openTable(bytes, 'w.xlsx')).rows.map(({ cells }) => cells);

/** A sheet with a cell that the writer takes as it is given. */
const withCell = (cell: Partial<Cell>) => sheet('a', [['formula'], ['x']], { cells: new Map([['1,0', cell]]) });

describe('an Excel workbook', () => {
  it('has its cells as text', async () => {
    const day = new Date(Date.UTC(2026, 4, 1));
    const rows: Rows = [
      ['formula', 'x', 'when'],
      ['Li2S', 1.5e-4, day],
      ['LiCl', 0.1 + 0.2, null],
      ['LiF', true, 'é'],
    ];
    expect(await cellsOf(await workbook(sheet('a', rows)))).toEqual([
      ['Li2S', '0.00015', '2026-05-01'],
      ['LiCl', expect.stringMatching(/^0\.3/)],
      ['LiF', 'true', 'é'],
    ]);
  });

  it('says which of several sheets is read: the first shown one with the header', async () => {
    const notes = sheet('Notes', [['about', 'this']]);
    const hidden = sheet('Hidden', [['formula'], ['NaCl']], { hidden: true });
    const bytes = await workbook(notes, hidden, sheet('Data', [[], ['Formula'], ['Li2S']]), sheet('Empty', []));
    const told: string[] = [];
    const grid = await openTable(bytes, 'w.xlsx', { onSheet: (name) => told.push(name) });
    expect(grid).toMatchObject({ name: 'w.xlsx, sheet Data', line: 2, rows: [{ cells: ['Li2S'], line: 3 }] });
    expect(told).toEqual(['Data']);
  });

  it('keeps the numbers of its rows, whatever is between and inside the cells', async () => {
    const bytes = await workbook(sheet('a', [['id', 'x'], ['a\nb', 'x;y'], [], [null, null], ['c', '2026']]));
    const { rows } = parseCsv(await tableText(bytes, 'w.xlsx'), 'w.xlsx', ['id', 'x']);
    expect(rows.map((row) => [row.text('id'), row.text('x'), row.place('x').line])).toEqual([
      ['a⏎b', 'x;y', 2],
      ['c', '2026', 5],
    ]);
  });

  it('makes no number of a date', async () => {
    const bytes = await workbook(
      sheet('a', [
        ['id', 'x'],
        ['a', new Date(Date.UTC(2026, 4, 1))],
      ]),
    );
    const [row] = parseCsv(await tableText(bytes, 'w.xlsx'), 'w.xlsx', []).rows;
    expect(() => row.number('x')).toThrow('w.xlsx:2:x: "2026-05-01" is not a number');
  });

  it('keeps what is raised apart from what is on the line', async () => {
    const run = (text: string, vertAlign?: 'superscript' | 'subscript') => ({
      text,
      ...(vertAlign && { font: { vertAlign } }),
    });
    const isotope = [run('Li'), run('2', 'subscript'), run('58', 'superscript'), run('NiO2')];
    const footnote = [run('Li'), run('3', 'subscript'), run('N'), run('a', 'superscript')];
    const header = [run('S cm'), run('-1', 'superscript')];
    for (const [richText, text] of [
      [isotope, 'Li2⁵⁸NiO2'],
      [footnote, 'Li3N^a'],
      [header, 'S cm⁻¹'],
    ] as const)
      expect(await cellsOf(await workbook(withCell({ richText })))).toEqual([[text]]);
  });

  it('has the result of a formula, or the formula where there is none', async () => {
    expect(await cellsOf(await workbook(withCell({ formula: '1+1', formulaResult: 2 })))).toEqual([['2']]);
    expect(await cellsOf(await workbook(withCell({ formula: 'B2*2' })))).toEqual([['=B2*2']]);
  });

  it('is refused if it has no filled cells', async () => {
    await expect(openTable(await workbook(sheet('a', [])), 'w.xlsx')).rejects.toThrow('no filled cells');
  });
});

describe('a bad workbook', () => {
  const END = [0x50, 0x4b, 0x05, 0x06];
  const directoryOf = (bytes: Uint8Array): number => {
    const end = Buffer.from(bytes).lastIndexOf(Buffer.from(END));
    return Buffer.from(bytes).readUInt32LE(end + 16);
  };

  it('is refused before it unpacks to more than fits', async () => {
    const bytes = Buffer.from(await workbook(sheet('a', [['formula'], ['Li2S']])));
    bytes.writeUInt32LE(1 << 28, directoryOf(bytes) + 24);
    await expect(openTable(bytes, 'w.xlsx')).rejects.toThrow(
      /^w\.xlsx: the workbook unpacks to \d+ bytes, and at most/,
    );
  });

  it('may not hide how long a part is', async () => {
    const bytes = Buffer.from(await workbook(sheet('a', [['formula'], ['Li2S']])));
    bytes.writeUInt32LE(0, directoryOf(bytes) + 24);
    await expect(openTable(bytes, 'w.xlsx')).rejects.toThrow('the workbook is damaged or cut off');
    bytes.writeUInt32LE(0, directoryOf(bytes) + 20);
    bytes.writeUInt16LE(8, directoryOf(bytes) + 8);
    await expect(openTable(bytes, 'w.xlsx')).rejects.toThrow('the workbook is damaged or cut off');
  });

  it('is no workbook of another kind', async () => {
    await expect(openTable(Buffer.from([0x50, 0x4b, 3, 4, 0]), 'w.xlsx')).rejects.toThrow('damaged or cut off');
    await expect(openTable(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'w.xls')).rejects.toThrow(
      'w.xls: this is an Excel workbook of the old format (.xls), or one with a password. Save it as .xlsx',
    );
  });

  it('ends in its rows or in a refusal whichever bytes are changed or cut', async () => {
    const whole = await workbook(
      sheet('a', [
        ['formula', 'x'],
        ['Li2S', 1],
        ['LiCl', 2],
      ]),
    );
    const random = createRandom(5);
    for (let repeat = 0; repeat < 150; repeat++) {
      const bytes = whole.slice(0, repeat % 5 === 0 ? randomInteger(random, whole.length) : whole.length);
      for (let i = 0; i < 3 && bytes.length > 0; i++)
        bytes[randomInteger(random, bytes.length)] ^= 1 + randomInteger(random, 255);
      const result = await openTable(bytes, 'w.xlsx').catch((error: unknown) => error);
      if (result instanceof Error) expect(result.message).toMatch(/^w\.xlsx.*: .*\. [A-Z]/s);
    }
  });
});
