import { describe, expect, it } from 'vitest';
import { parseBoundedJson } from '../shared/json.ts';

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it', () => {
    const text = '{"a": ["[[[[{{{{", "\\"[", {"b": [1, null, true]}], "": "\\\\"}';
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
    expect(() => parseBoundedJson('{"a": [}')).toThrow(SyntaxError);
  });

  it('has at most 64 levels, brackets in texts not counted', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseBoundedJson(nested(64))).toBeInstanceOf(Array);
    expect(() => parseBoundedJson(nested(65))).toThrow('lists and objects nest deeper than 64 at position 64');
    expect(parseBoundedJson(`"${nested(1000)}"`)).toBe(nested(1000));
    expect(parseBoundedJson(`[${Array(1000).fill('[]').join()}]`)).toHaveLength(1000);
  });
});
