import { describe, expect, it } from 'vitest';
import { compositionDistance, cumulativeAreas, scaleProfile } from '../../shared/chemistry/composition-distance.ts';
import { MAX_ATOMIC_NUMBER, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { composition, parseFormula } from '../../shared/chemistry/formula.ts';
import { MODIFIED_PETTIFOR } from '../../shared/chemistry/pettifor.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';

const distance = (a: string, b: string): number =>
  compositionDistance(scaleProfile(parseFormula(a)), scaleProfile(parseFormula(b)));

describe('the modified Pettifor scale', () => {
  it('gives every element of the table a position of its own', () => {
    expect([...MODIFIED_PETTIFOR.subarray(1)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: MAX_ATOMIC_NUMBER }, (_, i) => i),
    );
  });

  it.each([
    ['He', 0],
    ['Li', 11],
    ['La', 31],
    ['Zr', 48],
    ['P', 88],
    ['As', 89],
    ['S', 95],
    ['F', 101],
    ['H', 102],
  ])('has %s at %i', (symbol, position) => {
    expect(MODIFIED_PETTIFOR[SYMBOLS.indexOf(symbol)]).toBe(position);
  });
});

describe("the element mover's distance", () => {
  it('is the way of the atoms that differ, per atom', () => {
    expect(distance('Li3PS4', 'Li3AsS4')).toBeCloseTo(1 / 8, 12); // one atom of eight, one step
    expect(distance('LiF', 'NaF')).toBeCloseTo(1 / 2, 12);
    expect(distance('Li', 'H')).toBe(102 - 11);
  });

  it('lets the excess of one element go to the others', () => {
    // 1/2 to 1/3 of Li, of which the sixth goes from 11 to 100
    expect(distance('LiCl', 'LiCl2')).toBeCloseTo((1 / 6) * (100 - 11), 12);
  });

  it('is zero for multiples of one composition', () => {
    expect(distance('Li3PS4', 'Li6P2S8')).toBe(0);
  });

  const random = createRandom(7);
  const anyProfile = () => {
    const arity = 1 + randomInteger(random, 5);
    const elements = Array.from({ length: arity }, () => 1 + randomInteger(random, MAX_ATOMIC_NUMBER));
    return scaleProfile(
      composition(
        elements,
        elements.map(() => 1 + randomInteger(random, 8)),
      ),
    );
  };

  it('is symmetric, obeys the triangle inequality and is no less than the differences of means and areas', () => {
    for (let i = 0; i < 500; i++) {
      const [a, b, c] = [anyProfile(), anyProfile(), anyProfile()];
      const ab = compositionDistance(a, b);
      expect(compositionDistance(b, a)).toBe(ab);
      expect(ab).toBeLessThanOrEqual(compositionDistance(a, c) + compositionDistance(c, b) + 1e-9);
      expect(Math.abs(a.mean - b.mean)).toBeLessThanOrEqual(ab + 1e-9);
      const [areasA, areasB] = [cumulativeAreas(a), cumulativeAreas(b)];
      const bound = areasA.reduce((sum, area, part) => sum + Math.abs(area - areasB[part]), 0);
      expect(bound).toBeLessThanOrEqual(ab + 1e-9);
    }
  });
});
