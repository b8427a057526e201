import { describe, expect, it } from 'vitest';
import { NoNumberInJson, parseBoundedJson } from '../shared/json.ts';

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it', () => {
    const text = '{"a": ["[[[[{{{{", "\\"[", {"b": [1, null, true]}], "": "\\\\"}';
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
    expect(() => parseBoundedJson('{"a": [}')).toThrow(SyntaxError);
  });

  it('may begin with a byte order mark, and positions in messages are those of the text', () => {
    expect(parseBoundedJson('\ufeff{"a": "\ufeff"}')).toEqual({ a: '\ufeff' });
    expect(() => parseBoundedJson('\ufeff{"a": 1, "a": 2}')).toThrow('again at position 10');
    expect(() => parseBoundedJson('\ufeff\ufeff{}')).toThrow(SyntaxError);
  });

  it('has at most 64 levels, brackets in texts not counted', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseBoundedJson(nested(64))).toBeInstanceOf(Array);
    expect(() => parseBoundedJson(nested(65))).toThrow('lists and objects nest deeper than 64 at position 64');
    expect(parseBoundedJson(`"${nested(1000)}"`)).toBe(nested(1000));
    expect(parseBoundedJson(`[${Array(1000).fill('[]').join()}]`)).toHaveLength(1000);
  });

  it.each([
    ['{"a": 1, "b": 2, "a": 1}', 'the key "a" is given twice in one object, again at position 17'],
    ['[{"a": {"b": 1, "c": [2] ,\n"b" \t: 3}}]', 'the key "b" is given twice'],
    ['{"a": 1, "\\u0061": 2}', 'the key "a" is given twice'],
    ['{"": {"": 1}, "": 2}', 'the key "" is given twice'],
  ])('gives a key of an object once: %s', (text, message) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(() => parseBoundedJson(text)).toThrow(message);
  });

  it('may have a key in several objects, and as a text', () => {
    const text = '{"a": {"a": "a", "b": ["a", "a", ":", "b"]}, "b": [{"a": 1}, {"a": 1}]}';
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a": NaN}', 'NaN is no number in JSON: "{\\"a\\": NaN" at position 6'],
    ['[-Infinity]', 'Infinity is no number in JSON: "[-Infinity" at position 2'],
  ])('names what is no number: %s', (text, message) => {
    expect(() => parseBoundedJson(text)).toThrow(message);
    expect(() => parseBoundedJson(text)).toThrow(NoNumberInJson);
  });

  it.each(['{"NaN": 1, a}', '["NaN", Nan]', '[1, NaNa]'])('leaves other faults to JSON.parse: %s', (text) => {
    expect(() => parseBoundedJson(text)).toThrow(SyntaxError);
    expect(() => parseBoundedJson(text)).not.toThrow(NoNumberInJson);
  });
});
