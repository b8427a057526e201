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
    }),
    'example.json',
  ),
);

describe('classes.json', () => {
  it('gives back the classes that were written', () => {
    expect(classesFromJson(classesToJson(space), 'classes.json')).toEqual(space.classes);
  });

  it.each([
    ['{"schema":1,"classes":[', 'is not valid JSON'],
    ['null', 'has schema undefined, not 1'],
    ['{"schema":2,"classes":[]}', 'has schema 2, not 1'],
    ['{"schema":1,"classes":[]}', 'lists no classes'],
    ['{"schema":1,"classes":[null]}', 'class 0 is null'],
    ['{"schema":1,"classes":[{"splits":[[[1],[-2]]],"systems":1}]}', 'class 0 is {"splits"'],
    ['{"schema":1,"classes":[{"splits":[[[1],[0]]],"systems":1,"stoichiometries":1}]}', 'class 0 is'],
    ['{"schema":1,"classes":[{"splits":[[[1],[]]],"systems":1,"stoichiometries":1}]}', 'class 0 is'],
    ['{"schema":1,"classes":[{"splits":[[[1],[-2]],[[1]]],"systems":1,"stoichiometries":1}]}', 'class 0 is'],
    ['{"schema":1,"classes":[{"splits":[[[1],[-2]]],"systems":1.5,"stoichiometries":1}]}', 'class 0 is'],
    [
      `{"schema":1,"classes":[{"splits":[[[1],[-2]]],"systems":${2 ** 30},"stoichiometries":${2 ** 23}}]}`,
      'numbers 9.0e+15 compositions',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => classesFromJson(text, 'run/plan/classes.json')).toThrow(IntegrityError);
    expect(() => classesFromJson(text, 'run/plan/classes.json')).toThrow(
      `run/plan/classes.json: list of classes ${message}`,
    );
  });
});
