import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ELECTRONEGATIVITY } from '../../shared/chemistry/elements.ts';
import { InputError } from '../../shared/errors.ts';
import { canonicalSpaceJson, parseSpace } from '../../shared/space/space-file.ts';
import { sharedCase } from '../shared-data.ts';

const VALID = {
  name: 'example',
  mobileIon: 'Li',
  elements: ['P', 'O', 'Fe'],
  anions: ['O', 'F'],
  arity: [3, 4],
  maxCoefficient: 8,
  openShells: true,
};

const parse = (changes: object) => parseSpace(JSON.stringify({ ...VALID, ...changes }), 'example.json');

describe('parseSpace', () => {
  it('resolves symbols, sorts by atomic number and fills in oxidation states', () => {
    const space = parse({ oxidationStates: { Fe: [3, 2] } });
    expect(space).toMatchObject({
      name: 'example',
      mobileIon: 3,
      elements: [8, 15, 26],
      anions: [8, 9],
      arity: [3, 4],
    });
    expect(space.maxCoefficient).toBe(8);
    expect([...space.oxidationStates]).toEqual([
      [3, [1]],
      [8, [-2]],
      [15, [-3, 5]],
      [26, [2, 3]],
    ]);
  });

  it('has states that occur and have closed shells, and others where it is asked for them', () => {
    const states = (changes: object) =>
      parse({ elements: ['P', 'Ti', 'Fe'], openShells: false, ...changes }).oxidationStates;
    expect(() => states({})).toThrow('Fe has no oxidation state with closed shells and of the asked share');
    const open = states({ openShells: true });
    expect([open.get(15), open.get(22), open.get(26)]).toEqual([
      [-3, 5],
      [3, 4],
      [2, 3],
    ]);
    const given = states({ oxidationStates: { Fe: [2] } });
    expect([given.get(22), given.get(26)]).toEqual([[4], [2]]);
    expect(states({ minStateShare: 0.03, openShells: true }).get(15)).toEqual([-3, 3, 4, 5]);
    expect(states({ minStateShare: 'seen', openShells: true }).get(15)).toEqual([-3, -2, -1, 3, 4, 5]);
    expect(parse({ minStateShare: 'seen', openShells: undefined, elements: ['P'] }).oxidationStates.get(15)).toEqual([
      -3, 3, 5,
    ]);
  });

  it('accepts elements without electronegativity, which need no states', () => {
    expect(Number.isNaN(ELECTRONEGATIVITY[10])).toBe(true);
    expect(parse({ elements: ['Ne', 'O'] }).oxidationStates.get(10)).toEqual([]);
  });

  it.each([
    [{ maxCoeficient: 8 }, 'maxCoeficient: key "maxCoeficient" is unknown. Did you mean "maxCoefficient"?'],
    [{ minStateShare: 2 }, 'minStateShare: 2 is no share of oxidation states. Give a number above 0, at most 1'],
    [{ openShells: 'yes' }, 'openShells: "yes" is neither true nor false. Give true to have them.'],
    [{ colour: 'red' }, 'colour: key "colour" is unknown. Use name, mobileIon,'],
    [{ name: '' }, 'name: name "" is not a line of 1 to 100 characters.'],
    [{ name: 'two\nlines' }, 'name "two\\nlines" is not a line'],
    [{ name: undefined }, 'name: key "name" is missing. Add it'],
    [{ mobileIon: 'li' }, 'mobileIon: "li" is no known element. Use symbols such as "Li"; case matters.'],
    [{ elements: 'O' }, 'elements: "O" is not a list of element symbols.'],
    [{ elements: [] }, 'elements: [] is not a list of element symbols.'],
    [{ elements: ['O', 'Xx'] }, 'elements: "Xx" is no known element.'],
    [{ elements: ['O', 8] }, 'elements: 8 is no known element.'],
    [{ elements: ['O', 'P', 'O'] }, 'elements: "O" is listed twice. List every element once.'],
    [{ elements: ['O', 'Li'] }, 'elements: "Li" is the mobile ion. List its partners only'],
    [
      { elements: ['O', 'Kr'], minStateShare: 'seen' },
      'oxidationStates: Kr has no oxidation state with closed shells and of the asked share in the built-in table. Remove it',
    ],
    [{ anions: ['O', 'Q'] }, 'anions: "Q" is no known element.'],
    [{ anions: null }, 'anions: null is not a list of element symbols.'],
    [{ arity: 3 }, 'arity: arity 3 is not a pair of integers.'],
    [{ arity: [3, 4.5] }, 'arity: arity [3,4.5] is not a pair of integers.'],
    [{ arity: [1, 3] }, 'arity: arity [1,3] is outside 2 to 8.'],
    [{ arity: [3, 9] }, 'arity: arity [3,9] is outside 2 to 8.'],
    [{ arity: [5, 3] }, 'arity: arity [5,3] begins above its end.'],
    [{ maxCoefficient: 0 }, 'maxCoefficient: maxCoefficient 0 is not an integer from 1 to 64.'],
    [{ maxCoefficient: 2.5 }, 'maxCoefficient: maxCoefficient 2.5 is not an integer from 1 to 64.'],
    [{ maxCoefficient: '8' }, 'maxCoefficient: maxCoefficient "8" is not an integer from 1 to 64.'],
    [{ arity: [3, 8], maxCoefficient: 12 }, 'maxCoefficient 12 with 8 elements gives 12^8 candidate stoichiometries'],
    [{ oxidationStates: [2] }, 'oxidationStates: [2] is not an object.'],
    [{ oxidationStates: { Fx: [2] } }, 'oxidationStates: "Fx" is no known element.'],
    [{ oxidationStates: { Fe: 2 } }, 'oxidationStates: states 2 of Fe are not a list of integers.'],
    [{ oxidationStates: { Fe: [] } }, 'oxidationStates: states [] of Fe are not a list of integers.'],
    [{ oxidationStates: { Fe: [0] } }, 'oxidationStates: 0 is no oxidation state of Fe. Give Fe integers from -8 to 9'],
    [{ oxidationStates: { Fe: [2.5] } }, 'oxidationStates: 2.5 is no oxidation state of Fe.'],
    [{ oxidationStates: { Fe: [10] } }, 'oxidationStates: 10 is no oxidation state of Fe.'],
    [{ oxidationStates: { Fe: [2, 2] } }, 'oxidationStates: state 2 of Fe is listed twice.'],
  ])('refuses %j, naming file, key, value and remedy', (changes, message) => {
    expect(() => parse(changes)).toThrow(InputError);
    expect(() => parse(changes)).toThrow(/^example\.json:/);
    expect(() => parse(changes)).toThrow(message);
  });

  it('names the line of a key that is given twice, of which one would be passed over in silence', () => {
    expect(() => parseSpace('{\n  "maxCoefficient": 6,\n  "maxCoefficient": 8\n}', 'twice.json')).toThrow(
      /^twice\.json:3: space file is not valid JSON \(the key "maxCoefficient" is given twice in one object/,
    );
  });

  it('names the line at which JSON breaks off', () => {
    expect(() => parseSpace('{\n  "name": "x",\n  oops\n}', 'broken.json')).toThrow(
      /^broken\.json:3: space file is not valid JSON/,
    );
    expect(() => parseSpace('[]', 'list.json')).toThrow(/^list\.json: space file does not hold a JSON object/);
    expect(() => parseSpace('', 'empty.json')).toThrow(/^empty\.json: space file is not valid JSON/);
  });
});

describe('a space file with a byte order mark', () => {
  const path = sharedCase('env/tiny-bom.json');
  it.skipIf(!path)('space is read as without', () => {
    const text = readFileSync(path!, 'utf8');
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(parseSpace(text, 'tiny.json')).toEqual(parseSpace(text.slice(1), 'tiny.json'));
  });

  it('is the same space, and its errors name the same line', () => {
    const text = JSON.stringify(VALID, undefined, 2);
    expect(parseSpace(`\ufeff${text}`, 'x')).toEqual(parseSpace(text, 'x'));
    expect(() => parseSpace('\ufeff{\n"name": "x",\noops }', 'x')).toThrow(/^x:3: space file is not valid JSON/);
  });
});

describe('canonicalSpaceJson', () => {
  it('is a space file of the same space', () => {
    const space = parse({ elements: ['Ne', 'P', 'O'] });
    expect(parseSpace(canonicalSpaceJson(space), 'canonical')).toEqual(space);
  });

  it('is equal for files that differ in order or repeat built-in states', () => {
    const reordered = { elements: ['Fe', 'O', 'P'], anions: ['F', 'O'], oxidationStates: { O: [-2] } };
    expect(canonicalSpaceJson(parse(reordered))).toBe(canonicalSpaceJson(parse({})));
  });

  it('differs when anything that decides on members differs', () => {
    const texts = [
      {},
      { oxidationStates: { Fe: [2] } },
      { maxCoefficient: 7 },
      { arity: [3, 3] },
      { anions: ['O'] },
      { elements: ['P', 'O'] },
    ].map((changes) => canonicalSpaceJson(parse(changes)));
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('shipped spaces', () => {
  const directory = new URL('../../data/spaces/', import.meta.url);

  it.each(readdirSync(directory))('%s is valid and named like its file', (file) => {
    const space = parseSpace(readFileSync(new URL(file, directory), 'utf8'), file);
    expect(`${space.name}.json`).toBe(file);
    expect([...space.elements].every((z) => !Number.isNaN(ELECTRONEGATIVITY[z]))).toBe(true);
  });
});
