import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/hash.ts';
import { readSealedJson, sealJson } from '../../../shared/io/store/sealed-json.ts';
import { recordOf } from '../../../shared/shape.ts';

const VALUE = { name: 'a "b"', counts: { rows: 3, share: 1e-7, none: null }, list: [1, [], {}, 'ü\u2028'] };
const open = (bytes: Uint8Array): unknown =>
  readSealedJson(recordOf(v.unknown()), bytes, (problem) => new Error(problem));

describe('a sealed file', () => {
  it('ends with the SHA-256 of what it is without that field', () => {
    const text = Buffer.from(sealJson(VALUE)).toString();
    const unsealed = `${JSON.stringify(VALUE, undefined, 2)}\n`;
    expect(text).toBe(unsealed.replace(/\n}\n$/, `,\n  "sha256": "${sha256(unsealed)}"\n}\n`));
  });

  it('gives what was sealed', () => {
    expect(open(sealJson(VALUE))).toEqual(VALUE);
    expect(open(sealJson({}))).toEqual({});
    expect(open(sealJson({ gone: undefined, hidden: Number.NaN }))).toEqual({ hidden: null });
  });

  it('is refused when any bit of it is another', () => {
    const bytes = sealJson(VALUE);
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++)
        expect(() => open(bytes.with(at, bytes[at] ^ (1 << bit))), `bit ${bit} of byte ${at}`).toThrow();
  });

  it.each([
    ['a blank more', (text: string) => `${text} `, 'its own hash is not that of its content'],
    ['one line less', (text: string) => text.slice(0, -1), 'its own hash is not that of its content'],
    ['half of it', (text: string) => text.slice(0, 40), 'it is not JSON'],
    ['nothing', () => '', 'it is not JSON'],
    ['a number', () => '7', 'it has no field sha256'],
    ['no hash', () => JSON.stringify(VALUE), 'it has no field sha256'],
    ['a field twice', (text: string) => text.replace('{', '{\n  "name": "c",'), 'is given twice in one object'],
    ['a depth without end', () => '['.repeat(100_000), 'nest deeper than 64'],
  ])('is refused with %s', (_, change, problem) => {
    expect(() => open(Buffer.from(change(Buffer.from(sealJson(VALUE)).toString())))).toThrow(problem);
  });
});
