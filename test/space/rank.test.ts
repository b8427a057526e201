import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { compositionAt, compositionsAt, findComposition } from '../../shared/space/rank.ts';
import { buildSpace, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';

function shipped(name: string): Space {
  const file = new URL(`../../data/spaces/${name}.json`, import.meta.url);
  return buildSpace(parseSpace(readFileSync(file, 'utf8'), file.pathname));
}

const small = shipped('small');

describe('compositionAt and findComposition', () => {
  it('invert each other at every index of the small space', () => {
    for (let index = 0; index < small.compositions; index++) {
      expect(findComposition(small, compositionAt(small, index))).toEqual({ index });
    }
  });

  it('invert each other at 10,000 seeded indices of the paper-scale space', { timeout: 120_000 }, () => {
    const space = shipped('paper-scale');
    expect(space.compositions).toBeGreaterThanOrEqual(2e10);
    const random = createRandom(1);
    for (let i = 0; i < 10_000; i++) {
      const index = randomInteger(random, space.compositions);
      expect(findComposition(space, compositionAt(space, index))).toEqual({ index });
    }
  });

  it('finds many at once as one by one, in their order, whether a class has few or many of them', () => {
    const random = createRandom(2);
    const few = Array.from({ length: 50 }, () => randomInteger(random, small.compositions));
    for (const indices of [few, [...few, ...Array.from({ length: 3000 }, (_, i) => 3000 - i)], []])
      expect(compositionsAt(small, indices)).toEqual(indices.map((index) => compositionAt(small, index)));
  });

  it('reaches the last index and refuses what is outside', () => {
    const last = small.compositions - 1;
    expect(findComposition(small, compositionAt(small, last))).toEqual({ index: last });
    for (const index of [-1, last + 1, 0.5, Number.NaN]) {
      expect(() => compositionAt(small, index)).toThrow(
        `index ${index} is not in space "small". Give an integer from 0`,
      );
    }
  });
});

describe('findComposition', () => {
  const find = (formula: string) => findComposition(small, parseFormula(formula));

  it('takes multiples and fractions of a formula for the same composition', () => {
    const li3ps4 = find('Li3PS4');
    expect(li3ps4).toHaveProperty('index');
    expect(find('Li6P2S8')).toEqual(li3ps4);
    expect(find('Li0.75P0.25S')).toEqual(li3ps4);
  });

  it.each([
    ['Li2SiO3', 'Si is not among the elements of the space'],
    ['Na2SiO3', 'Na, Si are not among the elements of the space'],
    ['BPO4', 'lacks the mobile ion Li'],
    ['Li2O', 'has 2 elements; the space has 3 to 4'],
    ['LiLaBPSO4', 'has 6 elements; the space has 3 to 4'],
    ['Li10GeP2S12', 'amount 10 of Li, in lowest integers, is above 8'],
    ['Li0.3333P0.3S', 'amount 3333 of Li, in lowest integers, is above 8'],
    ['LiBP', 'has no anion of the space'],
    ['LiLaO3', 'not neutral with any of the allowed oxidation states'],
    ['Li3LaP2', 'has no anion of the space'],
    ['Li7PO2', 'neutral only with a negative element that is not among the anions of the space'],
  ])('says which rule excludes %s: %s', (formula, reason) => {
    expect(find(formula)).toEqual({ excludedBy: reason });
  });

  it('says when only the Pauling test excludes a composition', () => {
    const elements = { name: 'pauling', mobileIon: 'Li', elements: ['B', 'O', 'Cl'], anions: ['Cl'] };
    const space = { ...elements, arity: [3, 4], maxCoefficient: 8, oxidationStates: { O: [2], Cl: [-1] } };
    const built = buildSpace(parseSpace(JSON.stringify(space), 'pauling.json'));
    expect(findComposition(built, parseFormula('LiOCl3'))).toEqual({
      excludedBy:
        'neutral only with a positive element that is not less electronegative than a negative one (Pauling test)',
    });
  });
});
