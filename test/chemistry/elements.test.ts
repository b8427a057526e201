import { describe, expect, it } from 'vitest';
import { ELEMENT_COLUMNS } from '../../shared/chemistry/element-columns.ts';
import {
  atomicNumber,
  compareElements,
  ELECTRONEGATIVITY,
  elementProperty,
  MAX_ATOMIC_NUMBER,
  oxidationStates,
  SYMBOLS,
} from '../../shared/chemistry/elements.ts';

const z = (symbol: string): number => atomicNumber(symbol) as number;

describe('element table', () => {
  it('has 103 elements, hydrogen to lawrencium', () => {
    expect(MAX_ATOMIC_NUMBER).toBe(103);
    expect([SYMBOLS[0], SYMBOLS[1], SYMBOLS[3], SYMBOLS[103]]).toEqual(['', 'H', 'Li', 'Lr']);
    expect(new Set(SYMBOLS).size).toBe(104);
    expect(elementProperty('atomicNumber').slice(1)).toEqual(Float64Array.from({ length: 103 }, (_, i) => i + 1));
  });

  it('finds elements by symbol, whose case matters', () => {
    expect([atomicNumber('Li'), atomicNumber('li'), atomicNumber('LI'), atomicNumber('')]).toEqual([
      3,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has every property with unit and source', () => {
    for (const { name, unit, source } of ELEMENT_COLUMNS) {
      expect(unit).not.toBe('');
      expect(source).not.toBe('');
      const values = elementProperty(name);
      expect(values).toHaveLength(104);
      expect(values[0]).toBeNaN();
      expect(Number.isFinite(values[z('Li')])).toBe(name !== 'anionicRadius');
    }
    expect(() => elementProperty('colour')).toThrow('no element property colour');
  });

  it.each([
    ['electronegativity', 'F', 3.98],
    ['electronegativity', 'Li', 0.98],
    ['atomicMass', 'Li', 6.941],
    ['meltingPoint', 'Na', 370.87],
    ['ionicRadius', 'O', 1.26],
    ['period', 'La', 6],
    ['valenceP', 'S', 4],
  ])('has %s of %s', (name, symbol, value) => {
    expect(elementProperty(name)[z(symbol)]).toBe(value);
  });

  it('has electronegativities from 0.7 to 4, except of three noble gases', () => {
    const unknown = SYMBOLS.filter((_, i) => i > 0 && Number.isNaN(ELECTRONEGATIVITY[i]));
    expect(unknown).toEqual(['He', 'Ne', 'Ar']);
    for (const value of ELECTRONEGATIVITY.filter((x) => !Number.isNaN(x))) {
      expect(value).toBeGreaterThanOrEqual(0.7);
      expect(value).toBeLessThan(4);
    }
  });

  it('has oxidation states in ascending order, without 0', () => {
    expect([oxidationStates(z('Li')), oxidationStates(z('F')), oxidationStates(z('He'))]).toEqual([[1], [-1], []]);
    expect(oxidationStates(z('N'))).toEqual([-3, -2, -1, 1, 3, 5]);
    for (let number = 1; number <= MAX_ATOMIC_NUMBER; number++) {
      const states = oxidationStates(number);
      expect(states).toEqual([...new Set(states)].filter((state) => state !== 0).sort((a, b) => a - b));
    }
  });

  it('is ordered by electronegativity, then atomic number, unknown ones last', () => {
    const order = Array.from({ length: MAX_ATOMIC_NUMBER }, (_, i) => i + 1).sort(compareElements);
    expect(order.slice(-4).map((number) => SYMBOLS[number])).toEqual(['F', 'He', 'Ne', 'Ar']);
    for (let i = 1; i < order.length - 3; i++) {
      const [left, right] = [ELECTRONEGATIVITY[order[i - 1]], ELECTRONEGATIVITY[order[i]]];
      expect(left < right || (left === right && order[i - 1] < order[i])).toBe(true);
    }
    expect(compareElements(z('Li'), z('Li'))).toBe(0);
  });
});
