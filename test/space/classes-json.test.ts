import { describe, expect, it } from 'vitest';
import { IntegrityError } from '../../shared/errors.ts';
import { buildSpace, classesFromJson, classesToJson } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';

const space = buildSpace(
  parseSpace(
    JSON.stringify({
      name: 'example',
      mobileIon: 'Li',
      elements: ['P', 'Fe', 'Cl', 'S', 'O'],
      anions: ['O', 'S', 'Cl'],
      arity: [2, 5],
      maxCoefficient: 4,
      openShells: true,
    }),
    'example.json',
  ),
);

const classOf = (changes: object): string =>
  JSON.stringify({ schema: 1, classes: [{ splits: [[[1], [-2]]], systems: 1, stoichiometries: 1, ...changes }] });

describe('classes.json', () => {
  it('gives back the classes that were written', () => {
    expect(classesFromJson(classesToJson(space), 'classes.json')).toEqual(space.classes);
  });

  it.each([
    ['{"schema":1,"classes":[', ' it is not JSON'],
    ['null', ' null is not an object'],
    ['{"schema":2,"classes":[]}', 'schema: 2 is not the schema 1 of this version'],
    ['{"schema":1,"classes":[]}', 'classes: [] is not a list of one class or more'],
    ['{"schema":1,"classes":[null]}', 'classes[0]: null is not an object'],
    ['{"schema":1,"classes":[{"splits":[[[1],[-2]]],"systems":1}]}', 'classes[0].stoichiometries: stoichiometries is'],
    [classOf({ splits: [[[1], [0]]] }), 'classes[0].splits[0][1]: [0] is not a list of oxidation states'],
    [classOf({ splits: [[[1], [10]]] }), 'classes[0].splits[0][1]: [10] is not a list of oxidation states'],
    [classOf({ splits: [[[1], []]] }), 'classes[0].splits[0][1]: [] is not a list of oxidation states'],
    [classOf({ splits: [[[1]]] }), 'classes[0].splits[0]: [[1]] is not a list for each of two elements or more'],
    [classOf({ splits: [] }), 'classes[0].splits: [] is not a list of splits of the same elements'],
    [
      classOf({
        splits: [
          [[1], [-2]],
          [[1], [-2], [3]],
        ],
      }),
      'classes[0].splits: [[[1],[-2]],[[1],[-2],[3]]] is not a list',
    ],
    [classOf({ systems: 1.5 }), 'classes[0].systems: 1.5 is not an integer >= 1'],
    [classOf({ systems: 2 ** 30, stoichiometries: 2 ** 23 }), ' it numbers 9.0e+15 compositions'],
  ])('refuses %s', (text, message) => {
    expect(() => classesFromJson(text, 'run/plan/classes.json')).toThrow(IntegrityError);
    expect(() => classesFromJson(text, 'run/plan/classes.json')).toThrow(`run/plan/classes.json:${message}`);
  });
});
