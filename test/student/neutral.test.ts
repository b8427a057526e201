import { describe, expect, it } from 'vitest';
import { atomicNumber, ELECTRONEGATIVITY, oxidationStates } from '../../shared/chemistry/elements.ts';
import { type Composition, formatFormula, parseFormula } from '../../shared/chemistry/formula.ts';
import { InputError } from '../../shared/errors.ts';
import { drawNeutral } from '../../shared/student/neutral.ts';

const numbers = (symbols: readonly string[]): number[] => symbols.map((symbol) => atomicNumber(symbol) as number);
const ELEMENTS = numbers(['Li', 'B', 'N', 'O', 'F', 'Al', 'P', 'S', 'Cl', 'Fe', 'Br']);
const ANIONS = new Set(numbers(['N', 'O', 'F', 'S', 'Cl', 'Br']));
const [LITHIUM] = ELEMENTS;

const draw = (count: number, seed: number, elements = ELEMENTS, known: readonly Composition[] = []): Composition[] =>
  drawNeutral(elements, LITHIUM, ANIONS, known, count, seed);

/** Whether some states, one per element, make it neutral by the rules of a space. */
function isNeutral({ atomicNumbers, amounts }: Composition): boolean {
  const assign = (e: number, charge: number, highest: number, lowest: number): boolean => {
    if (e === atomicNumbers.length) return charge === 0 && highest < lowest;
    const chi = ELECTRONEGATIVITY[atomicNumbers[e]];
    return oxidationStates(atomicNumbers[e]).some((state) => {
      if (state === 0 || (state < 0 && !ANIONS.has(atomicNumbers[e]))) return false;
      const [positive, negative] = state > 0 ? [Math.max(highest, chi), lowest] : [highest, Math.min(lowest, chi)];
      return assign(e + 1, charge + state * amounts[e], positive, negative);
    });
  };
  return assign(0, 0, -Infinity, Infinity);
}

describe('drawn compositions', () => {
  const drawn = draw(1000, 1);

  it('are neutral, with the mobile ion, each once', () => {
    expect(new Set(drawn.map(formatFormula)).size).toBe(1000);
    for (const composition of drawn) {
      expect(composition.atomicNumbers).toContain(LITHIUM);
      expect(isNeutral(composition), formatFormula(composition)).toBe(true);
      expect(composition.amounts.every((amount) => amount >= 1 && amount <= 8)).toBe(true);
    }
  });

  it('mix anions as well, and have two to six elements', () => {
    const anions = drawn.map(({ atomicNumbers }) => atomicNumbers.filter((z) => ANIONS.has(z)).length);
    expect(new Set(anions)).toContain(3);
    expect(new Set(drawn.map(({ atomicNumbers }) => atomicNumbers.length))).toEqual(new Set([2, 3, 4, 5, 6]));
  });

  it('are none of the known ones', () => {
    const formulas = drawn.map(formatFormula);
    const others = draw(200, 1, ELEMENTS, drawn.slice(0, 100)).map(formatFormula);
    expect(others.filter((formula) => formulas.slice(0, 100).includes(formula))).toEqual([]);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(draw(200, 1)).toEqual(drawn.slice(0, 200));
    expect(draw(200, 2)).not.toEqual(drawn.slice(0, 200));
  });

  it('are refused where there are too few', () => {
    const few = numbers(['Li', 'F']);
    expect(draw(1, 1, few)).toEqual([parseFormula('LiF')]);
    expect(() => draw(2, 1, few)).toThrow(InputError);
    expect(() => draw(2, 1, few)).toThrow('only about 1 neutral compositions, and 2 are to be drawn');
  });
});
