import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spaceCommand } from '../../../cli/runs/space.ts';

let printed: string;

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What `ionsieve space …` prints for the small space. */
async function space(...args: string[]): Promise<string> {
  printed = '';
  await spaceCommand().parseAsync([...args, '--space', 'small'], { from: 'user' });
  return printed;
}

describe('space count', () => {
  it('gives totals that are the sums over arities', async () => {
    const { name, byArity, ...total } = JSON.parse(await space('count', '--json'));
    expect(name).toBe('small');
    expect(Object.keys(byArity)).toEqual(['3', '4']);
    for (const key of ['systems', 'classes', 'compositions'] as const) {
      expect(total[key]).toBe(byArity[3][key] + byArity[4][key]);
    }
    expect(await space('count')).toContain(total.compositions.toLocaleString('en-US'));
  });
});

describe('space list, at and find', () => {
  it('agree on the formulas of a system and their indices', async () => {
    const listed: { index: number; formula: string }[] = JSON.parse(
      await space('list', '--system', 'S-Li-P', '--json'),
    );
    expect(listed.map(({ formula }) => formula)).toContain('Li3PS4');
    const indices = listed.map(({ index }) => index);
    expect(indices).toEqual(indices.map((_, v) => indices[0] + v));
    const formulas = listed.map(({ formula }) => formula);
    expect(await space('list', '--system', 'Li-P-S')).toBe(`${formulas.join('\n')}\n`);
    expect(await space('at', ...indices.map(String))).toBe(`${formulas.join('\n')}\n`);
    expect(await space('find', ...formulas)).toBe(`${indices.join('\n')}\n`);
    expect(JSON.parse(await space('at', ...indices.map(String), '--json'))).toEqual(listed);
    expect(JSON.parse(await space('find', ...formulas, '--json'))).toEqual(listed);
  });

  it('prints the rule that excludes a formula', async () => {
    expect(await space('find', 'Li2O')).toBe('excluded: has 2 elements; the space has 3 to 4\n');
    expect(JSON.parse(await space('find', 'Li2O', '--json'))).toEqual([
      { formula: 'Li2O', excludedBy: 'has 2 elements; the space has 3 to 4' },
    ]);
  });

  it.each([
    [['at', '1.5'], 'index "1.5" is not a whole number'],
    [['at', '4500'], 'index 4500 is not in space "small". Give an integer from 0 to 4499.'],
    [['find', 'Li3Qq'], 'formula "Li3Qq"'],
    [['list', '--system', 'Li-P-Qq'], '--system: "Qq" is no known element.'],
    [['list', '--system', 'Li-P-P'], '--system: P is named twice.'],
    [['list', '--system', 'Li-B-P'], 'system Li-B-P has no composition in space "small"'],
  ])('refuse %j', async (args, message) => {
    await expect(space(...args)).rejects.toThrow(message);
  });

  it('name the shipped spaces if there is no such space', async () => {
    await expect(spaceCommand().parseAsync(['count', '--space', 'tiny'], { from: 'user' })).rejects.toThrow(
      'space "tiny" is neither a file nor a shipped space. Give the path of a space file, or one of ionic-quinary, ',
    );
  });
});
