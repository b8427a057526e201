import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTarGz } from '../../../shared/io/tables/tar.ts';

const LONG = `${'folder-'.repeat(12)}/${'name-'.repeat(30)}.cif`; // longer than the 100 and 155 characters of a header
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
  mkdirSync(join(directory, 'cifs', LONG.split('/')[0]), { recursive: true });
  writeFileSync(join(directory, 'cifs', 'a.cif'), 'x'.repeat(1000));
  writeFileSync(join(directory, 'cifs', 'empty.cif'), '');
  writeFileSync(join(directory, 'cifs', LONG), 'long');
  symlinkSync('a.cif', join(directory, 'cifs', 'link.cif'));
});

afterAll(() => rmSync(directory, { recursive: true }));

/** Packed by the tar of the system. */
function pack(format: string): Uint8Array {
  const path = join(directory, `${format}.tar.gz`);
  execFileSync('tar', [`--format=${format}`, '-czf', path, '-C', directory, 'cifs']);
  return readFileSync(path);
}

describe('readTarGz', () => {
  it.each(['gnu', 'pax'])('reads plain files with names of any length (%s)', (format) => {
    const files = readTarGz(pack(format), 'a.tar.gz');
    const texts = Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
    expect(texts).toEqual({ 'cifs/a.cif': 'x'.repeat(1000), 'cifs/empty.cif': '', [`cifs/${LONG}`]: 'long' });
  });

  it('refuses what is cut off, damaged or no archive', () => {
    const packed = pack('gnu');
    const archive = gunzipSync(packed);
    const at = archive.indexOf('cifs/a.cif');
    const cut = (end: number) => (): unknown => readTarGz(gzipSync(archive.subarray(0, end)), 'a.tar.gz');
    expect(() => readTarGz(packed.subarray(0, packed.length - 20), 'a.tar.gz')).toThrow(
      'a.tar.gz: the gzip data ends in the middle of the file',
    );
    expect(cut(at + 700)).toThrow('a.tar.gz: ends in the middle of cifs/a.cif');
    expect(cut(at)).toThrow('a.tar.gz: ends without its end mark');
    archive[at] ^= 1;
    expect(() => readTarGz(gzipSync(archive), 'a.tar.gz')).toThrow('a.tar.gz: is no tar archive, or a damaged one');
    expect(() => readTarGz(gzipSync('z'.repeat(2000)), 'a.tar.gz')).toThrow('is no tar archive');
  });

  it('refuses an entry of negative size, which would be read for ever', () => {
    const archive = gunzipSync(pack('gnu'));
    const at = archive.indexOf('cifs/a.cif');
    archive.write('-0000001000\0', at + 124);
    archive.fill(' ', at + 148, at + 156);
    const sum = archive.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
    expect(() => readTarGz(gzipSync(archive), 'a.tar.gz')).toThrow('a.tar.gz: is no tar archive, or a damaged one');
  });
});
