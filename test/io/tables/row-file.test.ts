import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError, IntegrityError } from '../../../shared/errors.ts';
import { sha256 } from '../../../shared/hash.ts';
import { fileInputs, type RangedFile } from '../../../shared/io/store/inputs.ts';
import { indexRows, ROWS_PER_MARK, type RowIndex, readCells } from '../../../shared/io/tables/row-file.ts';
import { createRandom, randomInteger } from '../../../shared/random.ts';
import type { ListCell } from '../../../shared/screen/skipped-rows.ts';

const directory = mkdtempSync(join(tmpdir(), 'ionsieve-rows-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;

async function table(content: string | Uint8Array, extension = 'csv') {
  const path = join(directory, `${files++}.${extension}`);
  writeFileSync(path, content);
  const file = await fileInputs.open(path);
  const index = await indexRows(file);
  return { file, index, cells: (start = 0, end = index.rows) => cellsOf(file, index, start, end) };
}

async function cellsOf(file: RangedFile, index: RowIndex, start = 0, end = index.rows) {
  const blocks: ListCell[][] = [];
  for await (const block of readCells(file, index, start, end)) blocks.push(block);
  return blocks.flat();
}

/** The file as it comes in with another byte, so many times. */
function flipped(file: RangedFile, at: number, times: number): RangedFile {
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = await file.read(start, end);
    return start <= at && at < end && times-- > 0 ? bytes.with(at - start, bytes[at - start] ^ 1) : bytes;
  };
  return { ...file, read };
}

describe('a CSV file read by rows', () => {
  it('has the cells of the named column, with size and hash of the file', async () => {
    const content = 'id,formula,note\n1,Li3PS4,x\n2,"Li6PS5Cl",\n3,LiCl\n4\n';
    const { index, cells } = await table(content);
    expect(index).toMatchObject({ format: 'csv', rows: 4, size: content.length, sha256: sha256(content) });
    expect(await cells()).toEqual(['Li3PS4', 'Li6PS5Cl', 'LiCl', undefined]);
  });

  it.each([
    ['quoted line breaks, commas and quotes', 'note,formula\n"a\nb","x,"""\n"y\n","d"\n', ['x,"', 'd']],
    ['quotes inside a plain cell', 'note,formula\n5" pipe,a\n6" pipe,b\n', ['a', 'b']],
    ['empty lines and other line breaks', 'formula\r\n\r\na\r\n\nb\n\r\n c \n\n', ['a', 'b', ' c ']],
    ['no line break at the end', 'formula\na\nb', ['a', 'b']],
    ['a byte order mark', '\ufeffformula,x\na,1\n', ['a']],
    ['no rows', 'formula\n', []],
    ['empty cells', 'formula,x\n,1\n"",2\n', ['', '']],
  ])('reads %s', async (_, content, expected) => {
    const { index, cells } = await table(content);
    expect(index.rows).toBe(expected.length);
    expect(await cells()).toEqual(expected);
  });

  it('gives any range of rows as it lies in the whole', async () => {
    const random = createRandom(4);
    const values = Array.from({ length: 3 * ROWS_PER_MARK + 17 }, (_, i) => `Li${i}${'x"\n,'.slice(0, i % 4)}`);
    const rows = values.map((value, i) => `${i},"${value.replaceAll('"', '""')}"${i % 5 === 0 ? '\r\n\n' : '\n'}`);
    const { index, cells } = await table(`n,formula\n${rows.join('')}`);
    expect(index.rows).toBe(values.length);
    expect(await cells()).toEqual(values);
    for (let repeat = 0; repeat < 20; repeat++) {
      const start = randomInteger(random, values.length);
      const end = start + 1 + randomInteger(random, values.length - start);
      expect(await cells(start, end)).toEqual(values.slice(start, end));
    }
  });

  it.each([
    ['name,x\nLi,1\n', 'csv:1: column formula is missing; found name, x'],
    ['', 'csv:1: column formula is missing; the file has no header line'],
    ['formula\na\n"b\nc\n', 'csv: a quoted cell is still open at the end of the file, in row 2 or after'],
  ])('refuses %j', async (content, message) => {
    await expect(table(content)).rejects.toThrow(message);
  });

  it('refuses what is no text, and old workbooks', async () => {
    await expect(table(Uint8Array.of(1, 0, 2), 'csv')).rejects.toThrow('there are zero bytes: this is no text');
    await expect(table(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0), 'xls')).rejects.toThrow('Save it as .xlsx');
  });
});

describe('a Parquet file read by rows', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i % 10 === 3 ? undefined : `Li${i}`));
  const columnData = [
    { name: 'n', data: values.map((_, i) => i), type: 'INT32' as const },
    { name: 'formula', data: values, type: 'STRING' as const, nullable: true },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 300 }));

  it('gives any range of rows, across row groups, with empty cells as undefined', async () => {
    const { index, cells } = await table(bytes, 'parquet');
    expect(index).toMatchObject({ format: 'parquet', rows: 1000, sha256: sha256(bytes) });
    expect(await cells()).toEqual(values);
    expect(await cells(290, 310)).toEqual(values.slice(290, 310));
    expect(await cells(599, 600)).toEqual(['Li599']);
  });

  it('refuses a file without the column, and one that is none', async () => {
    const other = new Uint8Array(parquetWriteBuffer({ columnData: [columnData[0]] }));
    await expect(table(other, 'parquet')).rejects.toThrow('column formula is missing; found n');
    await expect(table('not parquet at all', 'parquet')).rejects.toThrow('this is no Parquet file that can be read');
  });

  it('ends in its cells or in a refusal whichever byte is changed', async () => {
    const small = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 600 }));
    for (let at = 0; at < small.length; at += 37) {
      const changed = small.slice();
      changed[at] ^= 0x55;
      const cells = await table(changed, 'parquet')
        .then((read) => read.cells())
        .catch((error: unknown) => error);
      if (cells instanceof Error) expect(cells).toBeInstanceOf(InputError);
      else expect(cells).toHaveLength(1000);
    }
  });
});

describe('a table that comes in otherwise than it was indexed, with the same version', () => {
  const formulas = Array.from({ length: 100_000 }, (_, i) => `Li${i}`);
  const csv = `formula\n${formulas.join('\n')}\n`;
  const columnData = [{ name: 'formula', data: formulas, type: 'STRING' as const }];
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 30_000, codec: 'UNCOMPRESSED' }));

  it.each([
    ['CSV', csv, 'csv'],
    ['Parquet', parquet, 'parquet'],
  ])(
    'is refused as %s by the bytes that are wrong, and read again if they were so only once',
    async (_, content, extension) => {
      const { file, index, cells } = await table(content, extension);
      expect(index.blocks.length).toBeGreaterThan(2);
      const at = 300_000;
      await expect(cellsOf(flipped(file, at, 2), index)).rejects.toThrow(
        new IntegrityError(
          'the bytes 262144 to 524288 are not those that were planned',
          { file: file.name },
          'Restore the file, or start the run again: it reads it anew.',
        ),
      );
      expect(await cellsOf(flipped(file, at, 1), index)).toEqual(await cells());
      expect(await cells(30_000, 30_010)).toEqual(formulas.slice(30_000, 30_010));
    },
  );
});
