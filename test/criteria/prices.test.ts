import { describe, expect, it } from 'vitest';
import { atomicNumber, MAX_ATOMIC_NUMBER, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { ELEMENT_GROUPS } from '../../shared/criteria/element-groups.ts';
import { lithiumMassPercent, PRICE, rawMaterialCost } from '../../shared/criteria/prices.ts';

const cost = (formula: string): number => {
  const { atomicNumbers, amounts } = parseFormula(formula);
  return rawMaterialCost(atomicNumbers, amounts);
};
const group = (name: string): string[] =>
  (ELEMENT_GROUPS.find((one) => one.name === name)?.atomicNumbers ?? []).map((z) => SYMBOLS[z]);

describe('the raw-material cost', () => {
  it('of an element is its price', () => {
    expect(cost('Li')).toBeCloseTo(81.4, 10);
    expect(PRICE[atomicNumber('Au') as number]).toBe(44800);
  });

  it('of a compound weights the prices by mass', () => {
    const [lithium, chlorine] = [6.941, 35.453];
    expect(cost('LiCl')).toBeCloseTo((lithium * 81.4 + chlorine * 0.082) / (lithium + chlorine), 10);
    expect(cost('Li2Cl2')).toBeCloseTo(cost('LiCl'), 10);
  });

  it('is unknown where an element is not traded', () => {
    expect(cost('LiTcO4')).toBeNaN();
  });

  it('lacks radioactive elements only', () => {
    const none = SYMBOLS.filter((_, z) => z > 0 && Number.isNaN(PRICE[z]));
    expect(none.filter((symbol) => !group('radioactive').includes(symbol))).toEqual([]);
  });
});

it('the lithium content is its share of the mass', () => {
  const { atomicNumbers, amounts } = parseFormula('LiCl');
  expect(lithiumMassPercent(atomicNumbers, amounts)).toBeCloseTo((100 * 6.941) / (6.941 + 35.453), 10);
  expect(lithiumMassPercent([11, 17], [1, 1])).toBe(0);
});

it('cost and content read a composition out of longer arrays', () => {
  const [elements, amounts] = [
    [9, 3, 17, 8],
    [5, 5, 1, 1, 5],
  ];
  expect(rawMaterialCost(elements, amounts, 2, 1, 2)).toBe(cost('LiCl'));
  expect(lithiumMassPercent(elements, amounts, 2, 1, 2)).toBe(lithiumMassPercent([3, 17], [1, 1]));
});

describe('the groups of elements', () => {
  it('are those that their definitions name', () => {
    expect(group('toxic')).toEqual(['Be', 'As', 'Cd', 'Hg', 'Tl', 'Pb', 'U']);
    expect(group('radioactive')).toEqual(['Tc', 'Pm', ...SYMBOLS.slice(84)]);
    expect(group('costly').join(' ')).toBe('Be Sc Ge Rb Ru Rh Pd Ag Xe Cs Tb Tm Lu Hf Re Os Ir Pt Au Tl');
    expect(group('multivalent-transition-metals').join(' ')).toBe('Ti V Cr Mn Fe Co Ni Cu Mo Tc Ru Pd W Ir Pt');
  });

  it('hold elements of the table, each once, and not lithium', () => {
    for (const { atomicNumbers } of ELEMENT_GROUPS) {
      expect(new Set(atomicNumbers).size).toBe(atomicNumbers.length);
      expect(atomicNumbers.every((z) => z >= 1 && z <= MAX_ATOMIC_NUMBER && z !== 3)).toBe(true);
    }
  });
});
