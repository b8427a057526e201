import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { IntegrityError } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { decodeArrays, encodeArrays } from '../../shared/io/store/array-file.ts';
import type { RangedFile } from '../../shared/io/store/inputs.ts';
import { indexRows, readCells } from '../../shared/io/tables/row-file.ts';
import { readTarGz, type TarFile } from '../../shared/io/tables/tar.ts';
import { decodeLabels } from '../../shared/labels/labels-file.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { decodeChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { chunkResult, madeUpLogits } from '../chunk-results.ts';
import { randomStudent } from '../random-student.ts';
import { fuzz } from './fuzz.ts';

/** Bytes with the SHA-256 of those from `from` to `to` at `at`. */
function withHash(bytes: Uint8Array, from: number, to: number, at: number): Uint8Array {
  if (to < from || at + 32 > bytes.length) return bytes;
  const mended = new Uint8Array(bytes);
  mended.set(Buffer.from(sha256(bytes.subarray(from, to)), 'hex'), at);
  return mended;
}

const chunk = chunkResult({ chunk: 7, start: 100, end: 300 }, madeUpLogits(300, 1));
const listed = {
  ...chunk,
  screened: 198,
  best: { ...chunk.best, formulas: chunk.best.logits.length === 0 ? [] : [...chunk.best.logits].map(() => 'Li2O') },
  skipped: {
    counts: { 'no formula': 2 },
    rows: [{ index: 101, formula: '', reason: 'no formula' as const, problem: 'is empty' }],
  },
  excluded: { unscored: { 'exclude toxic': 3 }, passed: {} },
  bounded: { systems: 1, compositions: 2 },
};

fuzz({
  name: 'chunk result',
  inputs: 100_000,
  corpus: [encodeChunkResult(chunk), encodeChunkResult(listed)],
  words: ['{"skipped":', '"rows":null', '[]', 'null', '{"counts":{}}'],
  mend: (bytes) => withHash(bytes, 0, bytes.length - 32, bytes.length - 32),
  read: (bytes) => ({ bytes, result: decodeChunkResult(bytes, 'chunks/000007.bin') }),
  problem: ({ result }) => {
    const again = encodeChunkResult(result);
    const same = Buffer.from(encodeChunkResult(decodeChunkResult(again, 'again'))).equals(again);
    return same ? undefined : 'it is another when written';
  },
});

fuzz({
  name: 'file of arrays',
  inputs: 60_000,
  corpus: [encodeArrays({ header: { step: 3 }, arrays: { a: Float32Array.of(1, 2), b: Int32Array.of(3) } })],
  words: ['"type":"Float64Array"', '"length":4294967295', '"type":"constructor"', '-1', 'null', '[', '{'],
  mend: (bytes) => withHash(bytes, 40, bytes.length, 8),
  read: (bytes) => decodeArrays(bytes, 'x.checkpoint'),
});

/** Sums of the headers of an archive, mended. */
function withChecksums(archive: Uint8Array): Uint8Array {
  const mended = new Uint8Array(archive);
  for (let at = 0; at + 512 <= mended.length; at += 512) {
    if (Buffer.from(mended.subarray(at + 257, at + 262)).toString() !== 'ustar') continue;
    mended.fill(32, at + 148, at + 156);
    const sum = mended.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    mended.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), at + 148);
  }
  return mended;
}

/** An archive of files with given names and types. */
function archive(entries: readonly (readonly [name: string, type: string, content: string])[]): Uint8Array {
  const blocks = entries.flatMap(([name, type, content]) => {
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100), 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write(type, 156);
    header.write('ustar', 257);
    return [header, Buffer.from(content), Buffer.alloc(-content.length & 511)];
  });
  return withChecksums(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

fuzz({
  name: 'archive',
  inputs: 60_000,
  corpus: [
    archive([
      ['cifs/a.cif', '0', 'data_a'],
      ['cifs/link', '2', ''],
    ]),
    archive([
      ['long', 'L', 'cifs/long-name.cif\0'],
      ['x', '0', 'data_x'],
      ['pax', 'x', '22 path=cifs/other.cif\n'],
      ['y', '0', 'y'.repeat(600)],
    ]),
  ],
  words: ['../../etc/passwd', '-0000000001', '77777777777', '/', '\0', ' path=../x\n'],
  mend: withChecksums,
  read: (bytes): TarFile[] => readTarGz(gzipSync(bytes, { level: 0 }), 'cifs.tar.gz'),
  problem: (files) => (files.length <= 200 ? undefined : `${files.length} files`),
});

fuzz({
  name: 'gzip data of labels',
  inputs: 30_000,
  corpus: [gzipSync('id,formula,anion,probability\nmp-1,Li2O,O,0.5\n')],
  read: (bytes) => decodeLabels(bytes, 'labels.csv.gz'),
});

/** A file in memory. */
function fileOf(bytes: Uint8Array, name: string): RangedFile {
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    if (!(start >= 0 && end >= start && end <= bytes.length))
      throw new IntegrityError(`bytes ${start} to ${end} are not there`, { file: name }, 'Check the file.');
    return bytes.slice(start, end);
  };
  return { name, size: bytes.length, version: '1', read };
}

async function cellsOf(file: RangedFile): Promise<{ rows: number; cells: number }> {
  const index = await indexRows(file);
  let cells = 0;
  for await (const block of readCells(file, index, 0, index.rows)) cells += block.length;
  return { rows: index.rows, cells };
}

fuzz({
  name: 'CSV read by rows',
  inputs: 50_000,
  corpus: ['id,formula,note\n1,Li3PS4,x\n2,"Li6PS5Cl",\n3,LiCl\n4\n', 'formula,note\n"a\nb","x,""\n"""\nc,d\n'],
  words: [',', '"', '""', '\n', '\r\n', '\r', '\n\n', '"\n', 'formula', ' "', '\ufeff'],
  read: (bytes) => cellsOf(fileOf(bytes, 'list.csv')),
  problem: ({ rows, cells }) => (rows === cells ? undefined : `${rows} rows have ${cells} cells`),
});

function parquet(rows: number, codec: 'SNAPPY' | 'UNCOMPRESSED', rowGroupSize: number): Uint8Array {
  const formulas = Array.from({ length: rows }, (_, i) => `Li${i + 1}O`);
  const columnData = [
    { name: 'formula', data: formulas, type: 'STRING' as const },
    { name: 'x', data: formulas.map((_, i) => i), type: 'DOUBLE' as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize }));
}

fuzz({
  name: 'Parquet read by rows',
  inputs: 40_000,
  corpus: [parquet(5, 'UNCOMPRESSED', 100), parquet(40, 'SNAPPY', 10)],
  read: (bytes) => cellsOf(fileOf(bytes, 'list.parquet')),
  problem: ({ rows, cells }) => (rows === cells ? undefined : `${rows} rows have ${cells} cells`),
});

fuzz({
  name: 'metadata of a student',
  inputs: 50_000,
  corpus: [randomStudent(['Li', 'O', 'S'], 1, { encoder: 4, first: 4, second: 4 })],
  words: ['Li O', 'element_symbols', 'threshold', '0.5', 'Loop', 'location', '{}'],
  read: (bytes) => readStudentMetadata(bytes, 'student.onnx'),
  problem: ({ symbols, threshold, mobileIon }) =>
    symbols.includes(mobileIon) && threshold > 0 && threshold < 1 ? undefined : 'its metadata are none',
});
