import { describe, expect, it } from 'vitest';
import { checkPages } from '../../../shared/io/tables/parquet-pages.ts';

const I32 = 0x15; // a Thrift field of 32 bits, the next one
const zigzag = (value: number): number => (value << 1) ^ (value >> 31);

/** A number as Thrift and runs have it: seven bits a byte. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}

/** An unpacked page of optional values in version 1: its header, and levels in one run. */
function page(values: number, run: number, size?: number): Uint8Array<ArrayBuffer> {
  const levels = [...varint(2 * run), 1];
  const content = [levels.length, 0, 0, 0, ...levels];
  const bytes = [I32, ...varint(zigzag(size ?? content.length))];
  const header = [I32, 0, ...bytes, ...bytes, 0x2c, I32, ...varint(zigzag(values)), I32, 0, I32, 6, I32, 6, 0, 0];
  return Uint8Array.from([...header, ...content]);
}

const check = (bytes: Uint8Array<ArrayBuffer>) => (): void =>
  checkPages(bytes, { codec: 'UNCOMPRESSED', optional: true }, {});

describe('pages of a Parquet column', () => {
  it('are good where a run holds the values of the page', () => {
    expect(check(page(10, 10))).not.toThrow();
  });

  it('are refused where one run claims a billion values', () => {
    expect(check(page(10, 1_000_000_000))).toThrow('a page claims 1000000000 values in a run where at most 4106');
  });

  it('are refused where a page claims to be longer than the column, or shorter than nothing', () => {
    expect(check(page(10, 10, 1000))).toThrow('a page claims 1000 packed bytes where at most 6 are possible');
    expect(check(page(10, 10, -5))).toThrow('a page claims -5 packed bytes');
  });

  it('are refused where a page claims more values than a row group may have', () => {
    expect(check(page(1 << 28, 10))).toThrow('a page claims 268435456 values');
  });
});
