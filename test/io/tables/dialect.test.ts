import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../shared/io/tables/csv.ts';
import { readTableText } from '../../../shared/io/tables/table-file.ts';
import { sharedCase } from '../../shared-data.ts';

const read = (text: string, required: readonly string[] = []) => {
  const { columns, rows } = parseCsv(text, 'f.csv', required);
  return rows.map((row) => columns.map((column) => row.text(column)));
};

describe('a table that is not divided by commas', () => {
  it('has decimal commas as points, in numbers, bounds and formulas', () => {
    expect(read('formula;sigma\nLi6,4La3Zr1,4Ta0,6O12;1,5E-4\nLi2S;<1,5e-8\nLiCl;-3,456\n')).toEqual([
      ['Li6.4La3Zr1.4Ta0.6O12', '1.5E-4'],
      ['Li2S', '<1.5e-8'],
      ['LiCl', '-3.456'],
    ]);
    expect(parseCsv('id;x\na;3,5\n', 'f.csv', ['x']).rows[0].number('x')).toBe(3.5);
  });

  it('leaves commas alone that are none', () => {
    const cells = ['a, b', '1.234,5', '1,', ',5', '10.1000/x,1', 'a,b'];
    expect(read(`id;x\n${cells.map((cell) => `n;${cell}\n`).join('')}`).map(([, x]) => x)).toEqual(cells);
  });

  it('takes no thousand for a decimal where tabs divide', () => {
    expect(read('id\tx\na\t1,234\nb\t0,125\nc\t1,23\nd\t1,234e-5\n').map(([, x]) => x)).toEqual([
      '1,234',
      '0.125',
      '1.23',
      '1.234e-5',
    ]);
  });
});

describe('a table of commas', () => {
  it('has no decimal commas', () => {
    const { rows } = parseCsv('id,x\na,"3,5"\n', 'f.csv', []);
    expect(rows[0].text('x')).toBe('3,5');
    expect(() => rows[0].number('x')).toThrow('f.csv:2:x: "3,5" is not a number');
    expect(() => read('id,x\na,3,5\n')).toThrow(/^f\.csv:2: Invalid Record Length.*such as a decimal comma/);
  });

  it('may have rows and columns of nothing', () => {
    expect(read('id,x,,\na,1,,\n,,,\n\nb,2,,\n')).toEqual([
      ['a', '1', ''],
      ['b', '2', ''],
    ]);
  });
});

describe('what divides a header in two ways', () => {
  it('is told by columns that must be there, or by formulas and ids', () => {
    expect(read('id;sigma (S/cm, dry)\na;1\n', ['id'])).toEqual([['a', '1']]);
    expect(read('icsd_id\tsigma (S/cm, dry)\na\t1\n')).toEqual([['a', '1']]);
  });

  it('is told by rows of as many cells', () => {
    expect(read('a;b,c;d\n1;2;3\n')).toEqual([['1', '2', '3']]);
  });

  it('is refused otherwise, with what was tried', () => {
    expect(() => read('a;b,c\n1;2,3\n')).toThrow(
      'f.csv:1: the header can be divided by commas into a;b | c, or by semicolons into a | b,c, and the rows do not decide. Quote',
    );
    expect(read('a,"b;c"\n1,2\n')).toEqual([['1', '2']]);
  });
});

const semicolons = sharedCase('csv/m13-semicolon.csv');
const latin = sharedCase('csv/m28-latin1-micro.csv');

describe.skipIf(!semicolons || !latin)('cases', () => {
  it('m13 is divided by semicolons', async () => {
    expect(read(await readTableText(semicolons as string))).toEqual([['Li3PS4', '1e-4']]);
  });

  it('m28 is refused by its byte', async () => {
    await expect(readTableText(latin as string)).rejects.toThrow('m28-latin1-micro.csv:1: byte 15 (0xB5) is not UTF-8');
  });
});
