import { describe, expect, it } from 'vitest';
import { atomicNumber, MAX_ATOMIC_NUMBER, SYMBOLS } from '../../shared/chemistry/elements.ts';
import {
  type Composition,
  composition,
  formatFormula,
  formatSystem,
  greatestCommonDivisor,
  parseFormula,
  reduced,
} from '../../shared/chemistry/formula.ts';
import { InputError } from '../../shared/errors.ts';
import { createRandom, type Random, randomInteger, shuffle } from '../../shared/random.ts';

/** Amounts by symbol, rounded off floating-point dust. */
function amountsOf(formula: string): Record<string, number> {
  const { atomicNumbers, amounts } = parseFormula(formula);
  return Object.fromEntries(atomicNumbers.map((z, i) => [SYMBOLS[z], Number(amounts[i].toFixed(9))]));
}

describe('parsing a formula', () => {
  it.each([
    ['LiF', { Li: 1, F: 1 }],
    ['Li3PS4', { Li: 3, P: 1, S: 4 }],
    ['Li6.4La3Zr1.4Ta0.6O12', { Li: 6.4, La: 3, Zr: 1.4, Ta: 0.6, O: 12 }],
    ['Li.5CoO2', { Li: 0.5, Co: 1, O: 2 }],
    ['LiOLi', { Li: 2, O: 1 }],
    ['Co', { Co: 1 }],
    ['CO', { C: 1, O: 1 }],
  ])('reads elements and amounts of %s', (formula, amounts) => {
    expect(amountsOf(formula)).toEqual(amounts);
  });

  it.each([
    ['Li10Ge(PS6)2', { Li: 10, Ge: 1, P: 2, S: 12 }],
    ['Li[Ni0.8{Co(O2)2}3]2', { Li: 1, Ni: 1.6, Co: 6, O: 24 }],
    ['(LiF)', { Li: 1, F: 1 }],
    ['La0.62 Li0.14(Mg0.5W0.5)O3', { La: 0.62, Li: 0.14, Mg: 0.5, W: 0.5, O: 3 }],
    ['(Li2S)0.75(P2S5)0.25', { Li: 1.5, S: 2, P: 0.5 }],
  ])('multiplies what is in brackets in %s', (formula, amounts) => {
    expect(amountsOf(formula)).toEqual(amounts);
  });

  const HYDRATE = { Li: 2, S: 1, O: 6, H: 4 };
  it.each([
    'Li2SO4·2H2O',
    'Li2SO4•2H2O',
    'Li2SO4⋅2H2O',
    'Li2SO4*2H2O',
    'Li2SO4. 2H2O',
    'Li2SO4·H2O·H2O',
    'Li2SO4.H2O.H2O',
  ])('reads the hydrate %s', (formula) => {
    expect(amountsOf(formula)).toEqual(HYDRATE);
  });

  it('takes a dot between digits for a decimal point, and multiplies by fractional numbers after hydrate dots', () => {
    expect(amountsOf('LiO4.2H')).toEqual({ Li: 1, O: 4.2, H: 1 });
    expect(amountsOf('LiBr·0.5H2O')).toEqual({ Li: 1, Br: 1, H: 1, O: 0.5 });
    expect(amountsOf('Li(OH·2LiF)2')).toEqual({ Li: 5, O: 2, H: 2, F: 4 });
  });

  const GLASS = { Li: 150, P: 50, S: 200 };
  it.each([
    ['75Li2S·25P2S5', GLASS],
    ['75Li2S*25P2S5', GLASS],
    ['75 Li2S • 25 P2S5', GLASS],
    ['75(Li2S)·25(P2S5)', GLASS],
    ['75Li2S. 25P2S5', GLASS],
    ['0.75Li2S·0.25P2S5', { Li: 1.5, P: 0.5, S: 2 }],
    ['.75Li2S·.25P2S5', { Li: 1.5, P: 0.5, S: 2 }],
    ['2LiF·LiCl', { Li: 3, F: 2, Cl: 1 }],
    ['60Li2S·25P2S5·15LiI', { Li: 135, P: 50, S: 185, I: 15 }],
  ])('multiplies the first of several parts too: %s', (formula, amounts) => {
    expect(amountsOf(formula)).toEqual(amounts);
  });

  it('reads Unicode subscripts, full-width letters and blanks between parts', () => {
    expect(amountsOf('Li₆.₄La₃Zr₁.₄Ta₀.₆O₁₂')).toEqual(amountsOf('Li6.4La3Zr1.4Ta0.6O12'));
    expect(amountsOf('ＬｉＦ')).toEqual({ Li: 1, F: 1 });
    expect(amountsOf(' \tLi 3 P\u00A0S4 \n')).toEqual({ Li: 3, P: 1, S: 4 });
  });

  it('lists elements by ascending electronegativity, however they are written', () => {
    expect(parseFormula('S4Li3P')).toEqual(parseFormula('Li3PS4'));
    expect(parseFormula('OLi2').atomicNumbers).toEqual([3, 8]);
  });

  it.each([
    ['', 'formula "" is empty'],
    [' \n', 'is empty'],
    ['LiXx', 'names Xx, which is no known element'],
    ['li2O', 'cannot be read at "li2O"'],
    ['LiJ', 'names J, which'],
    ['Li0O', 'has the amount 0'],
    ['LiO0.0', 'has the amount 0.0'],
    ['LiLi0O', 'has the amount 0'],
    ['Li(O2)0', 'has the amount 0'],
    ['LiF·0H2O', 'has the amount 0'],
    ['Li-1O', 'cannot be read at "-1O"'],
    ['Li(OH', 'lacks a closing )'],
    ['Li[(OH', 'lacks a closing )'],
    ['LiOH)', 'has ) without its opening bracket'],
    ['Li(OH]', 'has ] without its opening bracket'],
    ['Li()2', 'has an empty part'],
    ['Li·', 'has an empty part'],
    ['·LiF', 'has an empty part'],
    ['LiF··LiF', 'has an empty part'],
    ['LiF·2', 'has an empty part'],
    ['2LiF', 'has the number 2 without an element before it'],
    ['75Li2S.25P2S5', 'has a point that may be a decimal point or a hydrate dot'],
    ['0.75Li2S.0.25P2S5', 'has the amount .0'],
    ['2LiF·', 'has an empty part'],
    ['2·LiF', 'has an empty part'],
    ['2 3LiF·LiCl', 'has the number 3 without an element before it'],
    ['0LiF·LiCl', 'has the amount 0'],
    ['(2LiF·LiCl)2', 'has the number 2 without an element before it'],
    ['7', 'has the number 7 without an element before it'],
    ['[7Li]2O', 'has the number 7 without an element before it'],
    ['LiF·2 3H2O', 'has the number 3 without an element before it'],
    ['Li2 3O', 'has the number 3 without an element before it'],
    ['C o2', 'cannot be read at " o2"'],
    ['Li1.2.3O', 'has the number .3 without an element before it'],
    ['Li+', 'cannot be read at "+"'],
    ['SO4^2-', 'cannot be read at "^2-"'],
    ['PO₄³⁻', 'cannot be read at'],
    ['Li1e400O', 'cannot be read at "e400O"'],
    ['Li1-xO', 'cannot be read at "-xO"'],
    ['Li½O', 'cannot be read at'],
    ['null', 'cannot be read at "null"'],
    ['Li;DROP TABLE', 'cannot be read at ";DROP TABL"'],
    ['💥', 'cannot be read at'],
  ])('refuses %j', (formula, problem) => {
    const error = refusal(formula);
    expect(error.message).toContain(problem);
    expect(error.message).toContain('Write element symbols with amounts');
  });

  it.each([
    ['of 401 digits', `Li1${'0'.repeat(400)}O`],
    ['that underflow', `Li0.${'0'.repeat(400)}1O`],
    ['that multiply to more than 1e9', 'Li((O99999)99999)99999'],
    ['above 1e9', 'Li1000000001O'],
    ['below 1e-6', 'LiO0.0000009'],
  ])('refuses amounts %s', (_, formula) => {
    expect(refusal(formula).message).toMatch(
      /has the amount .* of (Li|O), expected 0\.000001 to 1000000000|has the amount 0\.0/,
    );
  });

  it('refuses more than 1000 characters and 16 levels without echoing them', () => {
    expect(amountsOf('LiF'.repeat(333))).toEqual({ Li: 333, F: 333 });
    const long = refusal('LiF'.repeat(100_000));
    expect(long.problem).toContain('has 300000 characters, more than 1000');
    expect(long.message.length).toBeLessThan(300);
    const nested = (depth: number): string => `${'('.repeat(depth)}LiF${')'.repeat(depth)}`;
    expect(amountsOf(nested(15))).toEqual({ Li: 1, F: 1 });
    expect(refusal(nested(400)).problem).toContain('nests brackets deeper than 16');
  });

  it('counts deuterium as hydrogen', () => {
    expect(amountsOf('LiOD')).toEqual({ Li: 1, O: 1, H: 1 });
    expect(amountsOf('LiCl·D2O')).toEqual({ Li: 1, Cl: 1, H: 2, O: 1 });
  });

  it('names the place that it was given', () => {
    expect(() => parseFormula('LiXx', { file: 'f.txt', line: 7 })).toThrow(/^f\.txt:7: formula "LiXx" names Xx/);
  });
});

function refusal(formula: string): InputError {
  try {
    parseFormula(formula);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error(`${formula.slice(0, 60)} was read`);
}

describe('formatting a formula', () => {
  it('leaves out amounts of 1 and keeps at most 6 decimals', () => {
    expect(formatFormula(composition([8, 3], [1, 2]))).toBe('Li2O');
    expect(formatFormula(composition([3, 8], [1 / 3, 0.1 + 0.2]))).toBe('Li0.333333O0.3');
    expect(formatFormula(composition([3, 8], [0.9999999, 1.0000001]))).toBe('LiO');
  });

  it('reads back what it wrote, for 2,000 seeded compositions', () => {
    const random = createRandom(5);
    for (let i = 0; i < 2000; i++) {
      const original = randomComposition(random);
      const text = formatFormula(original);
      const again = parseFormula(text);
      expect(formatFormula(again)).toBe(text);
      expect(again.atomicNumbers).toEqual(original.atomicNumbers);
      again.amounts.forEach((amount, e) => {
        expect(Math.abs(amount - original.amounts[e])).toBeLessThanOrEqual(5.1e-7);
      });
    }
  });

  it('writes a system by ascending electronegativity', () => {
    expect(formatSystem([16, 15, 3])).toBe('Li-P-S');
  });
});

/** Up to 7 elements; integer, fractional, tiny and large amounts. */
function randomComposition(random: Random): Composition {
  const numbers = shuffle(
    Array.from({ length: MAX_ATOMIC_NUMBER }, (_, i) => i + 1),
    random,
  ).slice(0, 1 + randomInteger(random, 7));
  const draw = [
    () => 1 + randomInteger(random, 12),
    () => 0.001 + 12 * random(),
    () => 1e-6 * 10 ** (15 * random()),
    () => 1,
  ];
  return composition(
    numbers,
    numbers.map(() => draw[randomInteger(random, draw.length)]()),
  );
}

describe('reducing a composition', () => {
  it('divides integer amounts by their greatest common divisor', () => {
    expect(formatFormula(reduced(parseFormula('Li4O2')))).toBe('Li2O');
    expect(formatFormula(reduced(parseFormula('Li6P2S8')))).toBe('Li3PS4');
  });

  it('leaves fractional amounts as they are', () => {
    expect(formatFormula(reduced(parseFormula('Li0.5O0.5')))).toBe('Li0.5O0.5');
  });

  it('knows greatest common divisors', () => {
    expect([greatestCommonDivisor(12, 18), greatestCommonDivisor(0, 7), greatestCommonDivisor(1, 8)]).toEqual([
      6, 7, 1,
    ]);
  });
});

describe('composition', () => {
  it('adds up equal elements', () => {
    expect(composition([8, 3, 8], [1, 2, 3])).toEqual({ atomicNumbers: [3, 8], amounts: [2, 4] });
    expect(atomicNumber('Li')).toBe(3);
  });
});
