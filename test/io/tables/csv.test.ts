import { describe, expect, it } from 'vitest';
import { formatCsv, parseCsv, roundSignificant } from '../../../shared/io/tables/csv.ts';

describe('reading CSV', () => {
  it('gives cells by column, quoted ones too, and ignores a byte order mark and empty lines', () => {
    const { columns, rows } = parseCsv('\uFEFFid, value\r\n"a,b",1e-3\r\n\r\nc, .5 \r\n', 'f.csv', ['id', 'value']);
    expect(columns).toEqual(['id', 'value']);
    expect(rows.map((row) => [row.text('id'), row.number('value')])).toEqual([
      ['a,b', 1e-3],
      ['c', 0.5],
    ]);
  });

  it('places a cell by the line of the file, empty lines counted', () => {
    const { rows } = parseCsv('id,value\n\na,x\n', 'f.csv', []);
    expect(() => rows[0].number('value')).toThrow('f.csv:3:value: "x" is not a number. Give a plain number');
  });

  it.each(['', 'NaN', 'Infinity', '0x10', '1,5', '1e999', '--1'])('takes %j for no number', (cell) => {
    const { rows } = parseCsv(`id,value\na,"${cell}"\n`, 'f.csv', []);
    expect(() => rows[0].number('value')).toThrow('is not a number');
  });

  it.each([
    ['id,other\n1,2\n', 'f.csv:1: column value is missing; found id, other'],
    ['', 'f.csv:1: column id, value is missing; the file has no header line'],
    ['id,value,id\n1,2,3\n', 'f.csv:1: column "id" occurs twice'],
    ['id,value\n1,2\n3\n', 'f.csv:3: '],
    ['id,value\n1,"2\n', 'f.csv:'],
  ])('refuses %j', (text, message) => {
    expect(() => parseCsv(text, 'f.csv', ['id', 'value'])).toThrow(message);
  });

  it('wants a cell where one is required', () => {
    const { rows } = parseCsv('id,value\n ,2\n', 'f.csv', []);
    expect(() => rows[0].required('id')).toThrow('f.csv:2:id: the cell is empty');
  });
});

describe('writing CSV', () => {
  it('quotes only where needed', () => {
    expect(
      formatCsv(
        ['id', 'value'],
        [
          ['a,b', 0.1],
          ['c', 1e-7],
        ],
      ),
    ).toBe('id,value\n"a,b",0.1\nc,1e-7\n');
  });

  it('rounds to significant digits, not decimals', () => {
    expect(roundSignificant(123456.789, 6)).toBe(123457);
    expect(roundSignificant(1.23456789e-12, 6)).toBe(1.23457e-12);
  });

  it('reads a long number that is none in linear time', () => {
    const [row] = parseCsv(`x\n${'1'.repeat(200_000)}x\n`, 'x.csv', ['x']).rows;
    const start = performance.now();
    expect(() => row.number('x')).toThrow(/^x\.csv:2:x: "1{900,}/);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
