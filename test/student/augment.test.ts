import { describe, expect, it } from 'vitest';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import {
  type Composition,
  formatFormula,
  greatestCommonDivisor,
  parseFormula,
} from '../../shared/chemistry/formula.ts';
import { InputError } from '../../shared/errors.ts';
import { augmentCompositions } from '../../shared/student/augment.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';

const LITHIUM = 3;
const ANIONS = new Set(['O', 'S', 'Cl', 'F'].map((symbol) => atomicNumber(symbol) as number));
const ORIGINALS = ['Li2O', 'Li3PS4', 'Li6PS5Cl', 'LiF', 'Li7La3Zr2O12', 'LiFePO4', 'Li0.5La0.5TiO3'].map((formula) =>
  parseFormula(formula),
);

const FEATURES = elementFeatures(['Li', 'O', 'F', 'P', 'S', 'Cl', 'Ti', 'Fe', 'Zr', 'La', 'W']);

const make = (count: number, seed: number, originals = ORIGINALS): Composition[] =>
  augmentCompositions(originals, originals, FEATURES, LITHIUM, ANIONS, count, seed);

describe('made compositions', () => {
  const made = make(3000, 1);

  it('are as many as asked, each once, and none is an original', () => {
    const formulas = made.map(formatFormula);
    expect(formulas).toHaveLength(3000);
    expect(new Set([...formulas, ...ORIGINALS.map(formatFormula)]).size).toBe(3000 + ORIGINALS.length);
  });

  it('keep the mobile ion and an anion, and take no element from outside', () => {
    const known = new Set(ORIGINALS.flatMap(({ atomicNumbers }) => atomicNumbers));
    for (const { atomicNumbers } of made) {
      expect(atomicNumbers).toContain(LITHIUM);
      expect(atomicNumbers.some((z) => ANIONS.has(z))).toBe(true);
      expect(atomicNumbers.every((z) => known.has(z))).toBe(true);
      expect(atomicNumbers.length).toBeLessThanOrEqual(7);
    }
  });

  it('have positive, reduced amounts', () => {
    for (const { amounts } of made) {
      expect(amounts.every((amount) => amount > 0 && amount <= 15)).toBe(true);
      if (amounts.every(Number.isInteger)) expect(amounts.reduce(greatestCommonDivisor, 0)).toBe(1);
    }
  });

  it('change elements, amounts and the number of elements', () => {
    const systems = new Set(made.map(({ atomicNumbers }) => atomicNumbers.join()));
    expect(systems.size).toBeGreaterThan(100);
    expect(new Set(made.map(({ atomicNumbers }) => atomicNumbers.length))).toEqual(new Set([2, 3, 4, 5]));
  });

  it('are the same for the same seed, and others for another', () => {
    expect(make(200, 1)).toEqual(made.slice(0, 200));
    expect(make(200, 2)).not.toEqual(made.slice(0, 200));
  });

  it('can be none', () => {
    expect(make(0, 1)).toEqual([]);
  });

  it('replace elements more often by those that are more alike', () => {
    const originals = ['Li5Zr9O', 'LiTiO', 'LiPO', 'LiPS'].map((formula) => parseFormula(formula));
    const formulas = make(200, 1, originals).map(formatFormula);
    const [titanium, phosphorus] = ['Ti9', 'P9'].map((part) => formulas.filter((text) => text.includes(part)).length);
    expect(titanium).toBeGreaterThan(2 * phosphorus);
    expect(phosphorus).toBeGreaterThan(0);
  });
});

describe('an original that has few others near it', () => {
  const lithiumFluoride = [parseFormula('LiF')];

  it('gives those', () => {
    expect(new Set(make(2, 1, lithiumFluoride).map(formatFormula))).toEqual(new Set(['Li2F', 'LiF2']));
  });

  it('gives an error instead of searching for ever', () => {
    expect(() => make(1000, 1, lithiumFluoride)).toThrow(InputError);
    expect(() => make(1000, 1, lithiumFluoride)).toThrow(
      '1 labelled compositions have only about 2 others near them, and 1000',
    );
  });
});
