import { describe, expect, it } from 'vitest';
import { elementProperty } from '../../shared/chemistry/elements.ts';
import { composition, parseFormula } from '../../shared/chemistry/formula.ts';
import { describe as describeCompositions, descriptorNames } from '../../shared/student/descriptors.ts';
import { type ElementFeatures, elementFeatures } from '../../shared/student/element-features.ts';

const LITHIUM = 3;

/** Descriptors of one formula by name. */
function descriptorsOf(features: ElementFeatures, formula: string): Record<string, number> {
  const row = describeCompositions(features, [parseFormula(formula)], LITHIUM);
  const names = descriptorNames(features);
  expect(row).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, j) => [name, row[j]]));
}

describe('element features', () => {
  it('are standardized over the given elements, whose order is by atomic number', () => {
    const features = elementFeatures(['O', 'Li', 'La', 'S']);
    expect(features.symbols).toEqual(['Li', 'O', 'S', 'La']);
    expect([...features.atomicNumbers]).toEqual([3, 8, 16, 57]);
    expect([3, 8, 16, 57, 4].map((z) => features.rowByAtomicNumber[z])).toEqual([0, 1, 2, 3, -1]);
    features.names.forEach((_, j) => {
      const column = [0, 1, 2, 3].map((e) => features.values[e * features.names.length + j]);
      expect(column.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
    });
    const chi = [0, 1, 2, 3].map((e) => features.values[e * features.names.length]);
    expect(chi.reduce((sum, x) => sum + x * x, 0) / 4).toBeCloseTo(1, 5);
  });

  it('take the mean, 0, for unknown values and constant columns', () => {
    const features = elementFeatures(['Li', 'O', 'S']);
    const of = (name: string, e: number): number =>
      features.values[e * features.names.length + features.names.indexOf(name)];
    expect(elementProperty('anionicRadius')[LITHIUM]).toBeNaN();
    expect(of('anionicRadius', 0)).toBe(0);
    expect(of('anionicRadius', 1)).toBeCloseTo(-1, 6);
    expect([0, 1, 2].map((e) => of('valenceF', e))).toEqual([0, 0, 0]);
    expect(of('lowestOxidationState', 0)).toBeGreaterThan(of('lowestOxidationState', 1));
  });

  it('refuse what is no element', () => {
    expect(() => elementFeatures(['Li', 'Xx'])).toThrow('no element Xx');
  });
});

describe('generic descriptors', () => {
  it('of Li2O are what one computes by hand', () => {
    const features = elementFeatures(['Li', 'O']); // two elements: Li is -1 and O is +1 in electronegativity
    const found = descriptorsOf(features, 'Li2O');
    const expected = {
      'mean electronegativity': -1 / 3,
      'average deviation electronegativity': (2 / 3) * (2 / 3) + (1 / 3) * (4 / 3),
      'minimum electronegativity': -1,
      'maximum electronegativity': 1,
      'range electronegativity': 2,
      'mean atomicRadius': 1 / 3, // Li is the larger
      elements: 2,
      '2-norm': Math.sqrt(5) / 3,
      '3-norm': Math.cbrt(9) / 3,
      'largest fraction': 2 / 3,
      'mobile-ion fraction': 2 / 3,
      'anion fraction': 1 / 3,
    };
    for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 6);
  });

  it('of an element alone have no deviation and no range', () => {
    const found = descriptorsOf(elementFeatures(['Li', 'O']), 'O3');
    expect(found['average deviation electronegativity']).toBe(0);
    expect(found['range meltingPoint']).toBe(0);
    expect([found['mobile-ion fraction'], found['anion fraction'], found['3-norm']]).toEqual([0, 1, 1]);
  });

  it('do not depend on the formula unit, and are finite for every element', () => {
    const features = elementFeatures(['Li', 'He', 'Fm', 'O']);
    const pair = [composition([3, 2, 100, 8], [1, 2, 3, 4]), composition([8, 100, 2, 3], [2, 1.5, 1, 0.5])];
    const table = describeCompositions(features, pair, LITHIUM);
    const width = table.length / 2;
    expect(table.every(Number.isFinite)).toBe(true);
    for (let j = 0; j < width; j++) expect(table[j]).toBeCloseTo(table[width + j], 6);
  });

  it('have distinct names', () => {
    const names = descriptorNames(elementFeatures(['Li', 'O']));
    expect(new Set(names).size).toBe(names.length);
  });
});
