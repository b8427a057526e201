import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatTeacher,
  parseTeacher,
  teacherFeatures,
  teacherIon,
  teacherProbability,
} from '../../shared/teacher/teacher.ts';

const TEXT = readFileSync(new URL('../../models/teacher-sendek-2017.json', import.meta.url), 'utf8');

/** The published teacher's file with one key changed. */
function changed(key: string, value: unknown): string {
  return JSON.stringify({ ...JSON.parse(TEXT), [key]: value });
}

describe('the published teacher', () => {
  it('has the published coefficients', () => {
    const values = { llb: 10, sbi: 1.5, afc: 8, lasd: 2.4, llsd: 2.6 };
    const logit = 0.184 * 10 - 4.009 * 1.5 - 0.467 * 8 + 8.699 * 2.4 - 2.17 * 2.6 - 6.564;
    expect(teacherProbability(parseTeacher(TEXT, 't.json'), values)).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
  });
});

describe('a teacher file', () => {
  it('is read back as it was written', () => {
    const training = {
      compounds: 33,
      conductors: 10,
      structures: 40,
      conductivityThreshold: 1e-4,
      penalty: 1,
      leaveOneOut: { auc: 0.84, averagePrecision: 0.63, f1: 0.7, accuracy: 0.82 },
      choice: {
        candidates: ['lasd', 'ens'] as const,
        maxFeatures: 2,
        subsets: 3,
        nestedAuc: 0.8,
        permutations: 100,
        permutationsAsGood: 4,
      },
    };
    const teacher = { ...parseTeacher(TEXT, 't.json'), training };
    expect(parseTeacher(formatTeacher(teacher), 't.json')).toEqual(teacher);
  });

  it('may be of another mobile ion and of other features', () => {
    const features = [{ name: 'ens', unit: 'Pauling', coefficient: 1 }];
    const teacher = parseTeacher(JSON.stringify({ ...JSON.parse(TEXT), mobileIon: 'Na', features }), 't.json');
    expect([teacherIon(teacher), teacherFeatures(teacher)]).toEqual([11, ['ens']]);
    expect(teacherProbability(teacher, { ens: 6.564 })).toBe(0.5);
  });

  it.each([
    ['{"name": ', 't.json: it is not JSON'],
    ['[]', 't.json: [] is not an object'],
    [changed('mobileIon', 'na'), 't.json:mobileIon: "na" is not an element symbol'],
    [changed('intercept', '-6.5'), 't.json:intercept: "-6.5" is not a number'],
    [changed('intercept', undefined), 't.json:intercept: intercept is missing: it should be a number'],
    [changed('threshold', 1.5), 't.json:threshold: 1.5 is not a number between 0 and 1'],
    [changed('features', []), 't.json:features: [] is not a list of features'],
    [changed('features', [{ name: 'volume' }]), 't.json:features[0].name: "volume" is not one of aav, sdlc'],
    [
      changed('features', [{ name: 'lasd', unit: 'nm', coefficient: 1 }]),
      't.json:features[0].unit: "nm" is not "angstrom"',
    ],
    [
      changed('features', [{ name: 'llb', unit: '1' }]),
      't.json:features[0].coefficient: coefficient is missing: it should be a number',
    ],
    [
      changed('features', Array(2).fill({ name: 'llb', unit: '1', coefficient: 1 })),
      /^t\.json:features: \[\{"name":"llb".+ is not a list with each feature once/,
    ],
    [
      changed('training', { leaveOneOut: {} }),
      't.json:training.compounds: compounds is missing: it should be a number',
    ],
    [
      changed('training', {
        ...Object.fromEntries(
          ['compounds', 'conductors', 'structures', 'conductivityThreshold', 'penalty'].map((key) => [key, 1]),
        ),
        leaveOneOut: { auc: 1, averagePrecision: 1, f1: 1, accuracy: 1 },
        choice: { candidates: ['x'] },
      }),
      't.json:training.choice.candidates[0]: "x" is not one of aav, sdlc',
    ],
  ])('is refused: %s', (text, message) => {
    expect(() => parseTeacher(text, 't.json')).toThrow(message);
  });
});

it('a teacher file may begin with a byte order mark', () => {
  expect(parseTeacher(`\ufeff${TEXT}`, 'teacher.json')).toEqual(parseTeacher(TEXT, 'teacher.json'));
});
