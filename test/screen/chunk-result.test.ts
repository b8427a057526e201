import { describe, expect, it } from 'vitest';
import { IntegrityError } from '../../shared/errors.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { decodeChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { chunkResult, madeUpLogits } from '../chunk-results.ts';

const result = chunkResult({ chunk: 7, start: 100, end: 300 }, madeUpLogits(300, 1));

describe('chunk result', () => {
  it('reads back as it was written', () => {
    expect(decodeChunkResult(encodeChunkResult(result), 'x')).toEqual(result);
  });

  it('keeps indices beyond 2^32 and logits as float32', () => {
    const best = { indices: Float64Array.of(2 ** 52 + 1), logits: Float32Array.of(0.1) };
    const large = { ...result, start: 2 ** 52, end: 2 ** 52 + 200, best };
    expect(decodeChunkResult(encodeChunkResult(large), 'x').best).toEqual(best);
  });

  it('is read from the middle of a larger buffer', () => {
    const bytes = encodeChunkResult(result);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeChunkResult(larger.subarray(3), 'x')).toEqual(result);
  });

  it('is refused whichever byte is changed', () => {
    const bytes = encodeChunkResult(result);
    const random = createRandom(2);
    const positions = [...bytes.keys()].filter(
      (at) => at < 200 || at >= bytes.length - 120 || randomInteger(random, 9) === 0,
    );
    for (const at of positions) {
      bytes[at] ^= 1 << randomInteger(random, 8);
      expect(() => decodeChunkResult(bytes, 'x'), `byte ${at}`).toThrow(IntegrityError);
      bytes.set(encodeChunkResult(result).subarray(at, at + 1), at);
    }
  });

  it.each([0, 1, 100, 1000, 2700])('is refused when only %i bytes are left', (length) => {
    expect(() => decodeChunkResult(encodeChunkResult(result).slice(0, length), 'x')).toThrow(IntegrityError);
  });

  it('names the file, what was expected and what was there', () => {
    const bytes = encodeChunkResult(result);
    expect(() => decodeChunkResult(bytes.slice(0, -1), 'chunks/000007.bin')).toThrow(
      `chunks/000007.bin: the length in bytes is ${bytes.length - 1}, not ${bytes.length}`,
    );
    bytes[8] = 9;
    expect(() => decodeChunkResult(bytes, 'f')).toThrow('f: the version of the format is 9, not 2');
  });

  it.each([
    [
      'an index of another chunk',
      { best: { indices: Float64Array.of(300), logits: Float32Array.of(1) } },
      'the index 300 is not in',
    ],
    [
      'a logit that is none',
      { best: { indices: Float64Array.of(100), logits: Float32Array.of(Number.NaN) } },
      'a logit is not finite',
    ],
    ['more passed than screened', { passed: 201 }, 'it counts 200 screened and 201 passed of [100, 300)'],
    ['a count that is none', { histogram: result.histogram.map(() => 0.5) }, '0.5 is no count'],
    ['notes without counts', { skipped: { counts: { 'no formula': -1 }, rows: [] } as never }, 'the notes do not say'],
  ])('is refused with %s, though its checksum is right', (_, change, problem) => {
    expect(() => decodeChunkResult(encodeChunkResult({ ...result, ...change }), 'x')).toThrow(problem);
  });
});
