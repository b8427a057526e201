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
};

const encode = (message: object): number[] => [...encodeMessage(SCHEMA, message)];
const decode = (...bytes: number[]): object => decodeMessage(SCHEMA, Uint8Array.from(bytes));
const EMPTY = { texts: [], inners: [], numbers: [] };

describe('messages of protobuf', () => {
  it.each<[string, object, number[]]>([
    ['the example of the specification, 150 in field 1', { count: 150 }, [0x08, 0x96, 0x01]],
    ['texts, one by one', { texts: ['a', ''] }, [0x12, 1, 0x61, 0x12, 0]],
    ['numbers, packed', { numbers: [3, 270, 86942] }, [0x2a, 6, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]],
    ['messages', { inner: { text: 'b' }, inners: [{}] }, [0x1a, 3, 0x0a, 1, 0x62, 0x22, 0]],
    ['bytes', { kept: Uint8Array.of(7) }, [0x32, 1, 7]],
    ['four bytes of a float', { half: 0.5 }, [0x3d, 0, 0, 0, 0x3f]],
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

  it.each([
    ['is there twice', [0x1a, 0, 0x1a, 0]],
    ['has the wire type 0', [0x18, 1]],
    ['index out of range', [0x1a, 3, 0x0a]],
    ['inside one of its fields', [0x1a, 1, 0x0a, 1, 0x62]],
  ])('are refused where a field %s', (problem, bytes) => {
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
