import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel } from '../../shared/onnx/onnx-model.ts';
import { decodeMessage, encodeMessage, type Schema } from '../../shared/onnx/protobuf.ts';

const INNER: Schema = { text: [1, 'string'] };
const SCHEMA: Schema = {
  count: [1, 'int32'],
  texts: [2, 'string[]'],
  inner: [3, INNER],
  inners: [4, [INNER]],
  numbers: [5, 'int32[]'],
  kept: [6, 'bytes'],
  half: [7, 'float'],
  large: [8, 'int64'],
  larges: [9, 'uint64[]'],
};

const encode = (message: object): number[] => [...encodeMessage(SCHEMA, message)];
const decode = (...bytes: number[]): object => decodeMessage(SCHEMA, Uint8Array.from(bytes));
const EMPTY = { texts: [], inners: [], numbers: [], larges: [] };
const ONES = (count: number): number[] => Array.from({ length: count }, () => 0xff);

const ascii = (name: string): number[] => [...Buffer.from(name)];
const text = (...bytes: number[]): number[] => [0x12, bytes.length, ...bytes];

describe('messages of protobuf', () => {
  it.each<[string, object, number[]]>([
    ['the example of the specification, 150 in field 1', { count: 150 }, [0x08, 0x96, 0x01]],
    ['texts, one by one', { texts: ['a', ''] }, [0x12, 1, 0x61, 0x12, 0]],
    ['numbers, packed', { numbers: [3, 270, 86942] }, [0x2a, 6, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]],
    ['messages', { inner: { text: 'b' }, inners: [{}] }, [0x1a, 3, 0x0a, 1, 0x62, 0x22, 0]],
    ['bytes', { kept: Uint8Array.of(7) }, [0x32, 1, 7]],
    ['four bytes of a float', { half: 0.5 }, [0x3d, 0, 0, 0, 0x3f]],
    ['an integer that a number is exact for', { large: 2 ** 53 - 1 }, [0x40, ...ONES(7), 0x0f]],
    ['one beyond', { large: 2n ** 53n + 1n }, [0x40, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['the largest of 64 bits', { large: 2n ** 63n - 1n }, [0x40, ...ONES(8), 0x7f]],
    ['the smallest of 64 bits', { large: -(2n ** 63n) }, [0x40, ...ONES(9).map(() => 0x80), 0x01]],
    ['a negative one', { large: -1, count: -2 }, [0x08, 0xfe, ...ONES(8), 0x01, 0x40, ...ONES(9), 0x01]],
    ['the largest without a sign', { larges: [2n ** 64n - 1n, 7] }, [0x4a, 11, ...ONES(9), 0x01, 7]],
    [
      'a text with a byte order mark',
      { texts: ['\ufeffLi7La3Zr2O12'] },
      text(0xef, 0xbb, 0xbf, ...ascii('Li7La3Zr2O12')),
    ],
    ['nothing', {}, []],
  ])('%s', (_, message, bytes) => {
    expect(encode(message)).toEqual(bytes);
    expect(decode(...bytes)).toEqual({ ...EMPTY, ...message });
  });

  it('are written by the numbers of their fields and read in any order, packed or not', () => {
    expect(encode({ texts: ['a'], count: 1 })).toEqual([0x08, 1, 0x12, 1, 0x61]);
    expect(decode(0x28, 3, 0x12, 1, 0x61, 0x28, 4, 0x08, 1)).toEqual({
      ...EMPTY,
      count: 1,
      texts: ['a'],
      numbers: [3, 4],
    });
  });

  it('may have fields that nobody knows', () => {
    expect(decode(0x78, 1, 0x08, 2)).toEqual({ ...EMPTY, count: 2 });
  });

  it('have integers of 32 bits cut as ONNX Runtime does, so that nothing hides behind further bits', () => {
    expect(decode(0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)).toEqual({ ...EMPTY, count: 1 });
  });

  it('go on behind a field without a number', () => {
    expect(decode(0x00, 5, 0x08, 2)).toEqual({ ...EMPTY, count: 2 });
  });

  it.each([
    ['a message is there twice', [0x1a, 0, 0x1a, 0], 'field inner is there twice'],
    ['a field has another type', [0x18, 1], 'field inner has the wire type 0'],
    ['a field is a group, which no model has', [0x7b, 0x7c], 'Unimplemented type: 3'],
    ['a message ends inside a field', [0x1a, 1, 0x0a, 1, 0x62], 'inside one of its fields'],
    ['the bytes end inside a number', [0x3d, 0, 0], 'Offset is outside the bounds'],
    ['the bytes end inside an integer', [0x1a, 3, 0x0a], 'Expected varint not more than 10 bytes'],
    ['an integer has eleven bytes', [0x08, ...ONES(10), 0x01], 'Expected varint not more than 10 bytes'],
    ['a length is beyond all bytes', [0x32, ...ONES(9), 0x01, 7], 'inside one of its fields'],
    ['a text is not UTF-8', text(...ascii('Li7La3Zr2O12'), 0xff), 'not valid'],
  ])('are refused if %s', (_, bytes, problem) => {
    expect(() => decode(...bytes)).toThrow(problem);
  });
});

it.each(['student', 'student-measured', 'committee'])(
  'the shipped %s is the same bytes when it is written again',
  (name) => {
    const bytes = readFileSync(new URL(`../../models/${name}.onnx`, import.meta.url));
    expect(Buffer.from(encodeModel(decodeModel(bytes))).equals(bytes)).toBe(true);
  },
);
