import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { InputError, IntegrityError } from '../shared/errors.ts';
import {
  checkShape,
  fields,
  finite,
  finiteOrNaN,
  flag,
  integer,
  listOf,
  oneOf,
  onlyFields,
  type Refuse,
  readJson,
  readShape,
  recordOf,
  type Shape,
  sha256Text,
  text,
} from '../shared/shape.ts';

const refuse: Refuse = (problem, column) => new IntegrityError(problem, { file: 'run.json', column }, 'Restore it.');
const RUN = fields({
  name: text,
  rows: integer(1),
  kind: v.optional(oneOf(['space', 'list'])),
  files: listOf(fields({ hash: text })),
});
const run = { name: 'small', rows: 3, files: [{ hash: 'ab' }] };

function message(shape: Shape<unknown>, value: unknown): string {
  try {
    readShape(shape, value, refuse);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('what is not as expected', () => {
  it.each([
    [{ ...run, name: 7 }, 'run.json:name: 7 is not a text. Restore it.'],
    [{ ...run, name: '' }, 'run.json:name: "" is not a text. Restore it.'],
    [{ ...run, rows: 0 }, 'run.json:rows: 0 is not an integer >= 1. Restore it.'],
    [{ ...run, rows: undefined }, 'run.json:rows: rows is missing: it should be an integer >= 1. Restore it.'],
    [{ name: 'small' }, 'run.json:rows: rows is missing: it should be an integer >= 1. Restore it.'],
    [{ ...run, kind: 'both' }, 'run.json:kind: "both" is not one of space, list. Restore it.'],
    [{ ...run, kind: null }, 'run.json:kind: null is not one of space, list. Restore it.'],
    [{ ...run, files: {} }, 'run.json:files: {} is not a list. Restore it.'],
    [
      { ...run, files: [{ hash: 'a' }, {}] },
      'run.json:files[1].hash: hash is missing: it should be a text. Restore it.',
    ],
    [{ ...run, files: [{ hash: 'a' }, 5] }, 'run.json:files[1]: 5 is not an object. Restore it.'],
    [null, 'run.json: null is not an object. Restore it.'],
    ['run', 'run.json: "run" is not an object. Restore it.'],
    [undefined, 'run.json: nothing is not an object. Restore it.'],
    [[], 'run.json: [] is not an object. Restore it.'],
  ])('%j is refused with place, value and expectation', (value, expected) => {
    expect(message(RUN, value)).toBe(expected);
  });

  it('is an error of the kind that the reader throws', () => {
    expect(() => readShape(RUN, {}, refuse)).toThrow(IntegrityError);
    const wrong = (problem: string): Error => new InputError(problem, {}, 'Correct it.');
    expect(() => checkShape(RUN, {}, wrong)).toThrow(InputError);
  });

  it('is a missing key that may be null', () => {
    expect(message(fields({ a: v.nullable(text) }), {})).toContain('a is missing: it should be a text.');
  });

  it('is an unknown key, where there may be no others', () => {
    const shape = onlyFields({ a: v.optional(finite), b: v.optional(finite) });
    expect(message(shape, { a: 1, c: 2 })).toBe('run.json:c: "c" is not one of a, b. Restore it.');
    expect(message(shape, [])).toBe('run.json: [] is not an object. Restore it.');
    expect(readShape(shape, {}, refuse)).toEqual({});
  });

  it('is the first of several', () => {
    expect(message(RUN, { name: 1, rows: 'x', files: 0 })).toContain('run.json:name');
  });

  it('is told where two fields do not fit each other, at the field that is to be mended', () => {
    const ordered = v.pipe(
      fields({ low: finite, high: finite }),
      v.forward(
        v.check(({ low, high }) => low < high, 'a number above low'),
        ['high'],
      ),
    );
    expect(message(ordered, { low: 2, high: 1 })).toBe('run.json:high: 1 is not a number above low. Restore it.');
  });

  it('may be as long as it likes, or nest so deep that it cannot be written', () => {
    expect(message(text, Array(1e5).fill(1)).length).toBeLessThan(300);
    let nested: unknown = 1;
    for (let i = 0; i < 20_000; i++) nested = [nested];
    expect(message(text, nested)).toContain('what nests so deep is not a text');
  });
});

describe('the vocabulary', () => {
  it.each<[string, Shape<unknown>, readonly unknown[], readonly unknown[]]>([
    ['an integer', integer(2, 4), [2, 3, 4], [1, 5, 2.5, '3', null, Number.NaN, 2 ** 53]],
    ['a number', finite, [0, -1.5, 1e300], [Number.NaN, Number.POSITIVE_INFINITY, '1', null, []]],
    ['a number or null', finiteOrNaN, [0, null], [Number.POSITIVE_INFINITY, '1', undefined]],
    ['a text', text, ['a', ' '], ['', 0, null, ['a']]],
    ['true or false', flag, [true, false], [0, 'true', null]],
    ['a SHA-256', sha256Text, ['0f'.repeat(32)], ['0F'.repeat(32), '0f', ` ${'0f'.repeat(32)}`, 1]],
    ['an object', recordOf(finite), [{}, { a: 1 }], [null, 1, [], { a: 'x' }]],
    ['a list', listOf(finite), [[], [1]], [{}, { length: 0 }, ['x'], 'ab']],
  ])('%s', (_, shape, good, bad) => {
    for (const value of good) expect(checkShape(shape, value, refuse)).toBe(value);
    for (const value of bad) expect(() => checkShape(shape, value, refuse)).toThrow(IntegrityError);
  });
});

it('checkShape gives the very value: unknown fields stay, and so does their order', () => {
  const value = { later: 1, files: [], rows: 1, name: 'x' };
  expect(checkShape(RUN, value, refuse)).toBe(value);
});

it('readShape gives the fields that the schema knows, in its order, with its defaults', () => {
  const shape = fields({ a: v.optional(finite, 5), b: finite });
  expect(JSON.stringify(readShape(shape, { c: 1, b: 2 }, refuse))).toBe('{"a":5,"b":2}');
});

it('readJson says what is wrong with a text, and where', () => {
  expect(readJson('{"a": 1}', refuse)).toEqual({ a: 1 });
  expect(() => readJson('{"a": ', refuse)).toThrow(/^run\.json: it is not JSON \(.+\)\. Restore it\.$/s);
  expect(() => readJson('{"a": 1, "a": 2}', refuse)).toThrow('the key "a" is given twice');
  expect(readJson('{"a": 1, "a": 2}', refuse, JSON.parse)).toEqual({ a: 2 });
});

it('ten thousand records are checked in a moment', () => {
  const items = Array.from({ length: 10_000 }, (_, chunk) => ({ chunk, start: chunk, end: chunk + 1 }));
  const shape = listOf(fields({ chunk: integer(), start: integer(), end: integer(1) }));
  const begun = performance.now();
  checkShape(shape, items, refuse);
  expect(performance.now() - begun).toBeLessThan(500); // measured: 5 ms
});
