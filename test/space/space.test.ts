import { describe, expect, it } from 'vitest';
import { atomicNumber, MAX_ATOMIC_NUMBER, oxidationStates, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { composition, formatFormula, formatSystem, greatestCommonDivisor } from '../../shared/chemistry/formula.ts';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { locateSystem } from '../../shared/space/rank.ts';
import { amountsMatrix, buildSpace, type Space } from '../../shared/space/space.ts';
import { canonicalSpaceJson, parseSpace } from '../../shared/space/space-file.ts';
import { bruteForceFormulas } from './brute-force.ts';

const ANIONS = ['N', 'O', 'F', 'S', 'Cl', 'Se', 'Br', 'Te', 'I'];

interface SpaceFile {
  readonly mobileIon?: string;
  readonly elements: readonly string[];
  readonly anions?: readonly string[];
  readonly arity: readonly [number, number];
  readonly maxCoefficient: number;
  readonly oxidationStates?: Readonly<Record<string, readonly number[]>>;
}

/** Lists of many states are harder than those of few. */
const EVERY_STATE = { minStateShare: 'seen', openShells: true };

const build = (file: SpaceFile) => buildSpace(define(file));
const define = (file: SpaceFile) =>
  parseSpace(JSON.stringify({ name: 'test', mobileIon: 'Li', anions: ANIONS, ...EVERY_STATE, ...file }), 'test.json');

/** Every formula of a space by index, from its classes, systems and amounts matrices. */
function formulasOf(space: Space): string[] {
  const formulas: string[] = [];
  for (const cls of space.classes) {
    const amounts = amountsMatrix(cls, space.definition.maxCoefficient);
    expect(amounts.length).toBe(cls.stoichiometries * cls.arity);
    for (let s = 0; s < cls.systems; s++) {
      const start = cls.systemsOffset + s * cls.arity;
      expect(formulas.length).toBe(cls.offset + s * cls.stoichiometries);
      for (let v = 0; v < cls.stoichiometries; v++) {
        const row = amounts.subarray(v * cls.arity, (v + 1) * cls.arity);
        formulas.push(formatFormula(composition(space.systems.subarray(start, start + cls.arity), row)));
      }
    }
  }
  return formulas;
}

const SPACES: Readonly<Record<string, SpaceFile>> = {
  'one binary': { elements: ['O'], arity: [2, 2], maxCoefficient: 8 },
  'two anions of which one can be positive': { elements: ['O', 'Cl', 'S'], arity: [2, 4], maxCoefficient: 6 },
  'chlorine with positive states': {
    elements: ['Cl', 'O', 'Na'],
    arity: [2, 4],
    maxCoefficient: 7,
    oxidationStates: { Cl: [-1, 1, 3, 5, 7] },
  },
  'equal electronegativity of a cation and an anion (C, Se)': {
    elements: ['C', 'Se', 'O'],
    arity: [2, 4],
    maxCoefficient: 6,
  },
  'equal electronegativity of two cations (K, Rb)': {
    elements: ['K', 'Rb', 'S', 'I'],
    arity: [3, 5],
    maxCoefficient: 4,
  },
  'equal electronegativity of two anions that can be positive (C, Se)': {
    elements: ['C', 'Se', 'O', 'B'],
    anions: ['C', 'Se', 'O'],
    arity: [2, 4],
    maxCoefficient: 5,
  },
  'mixed valence': { elements: ['Mn', 'Fe', 'O'], arity: [3, 4], maxCoefficient: 6 },
  'overridden states': {
    elements: ['Fe', 'P', 'O'],
    arity: [2, 4],
    maxCoefficient: 6,
    oxidationStates: { Fe: [2], P: [5], O: [-2, -1] },
  },
  'few anions listed': { elements: ['N', 'H', 'C', 'O'], anions: ['N'], arity: [2, 5], maxCoefficient: 4 },
  'another mobile ion': { mobileIon: 'Na', elements: ['Li', 'Zr', 'Si', 'P', 'O'], arity: [3, 5], maxCoefficient: 4 },
  'a mobile anion': { mobileIon: 'F', elements: ['Pb', 'Sn', 'Ba', 'Cl'], arity: [2, 4], maxCoefficient: 8 },
  'noble gases listed': {
    elements: ['He', 'Ne', 'Ar', 'O', 'B'],
    arity: [2, 4],
    maxCoefficient: 8,
    oxidationStates: { He: [2] },
  },
  'amounts beyond 32': { elements: ['Ta', 'O'], arity: [2, 3], maxCoefficient: 40 },
  senaries: { elements: ['Be', 'B', 'S', 'O', 'F'], arity: [6, 6], maxCoefficient: 3 },
  'unlike charges that never balance among others': { elements: ['Zr', 'I', 'Br'], arity: [2, 4], maxCoefficient: 3 },
};

/** Random small space: any elements with states, some states overridden at random. */
function randomSpace(seed: number): SpaceFile {
  const random = createRandom(seed);
  const elements = Array.from({ length: MAX_ATOMIC_NUMBER }, (_, i) => i + 1)
    .filter((z) => oxidationStates(z).length > 0 && SYMBOLS[z] !== 'Li')
    .map((z) => SYMBOLS[z]);
  const chosen = [...shuffle(elements, random).slice(0, 4), ...shuffle([...ANIONS], random).slice(0, 3)];
  const partners = [...new Set(chosen)];
  const states = [-4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8];
  const overrides = partners.filter(() => random() < 0.3);
  return {
    elements: partners,
    anions: random() < 0.5 ? ANIONS : partners,
    arity: [2 + randomInteger(random, 2), 4],
    maxCoefficient: 3 + randomInteger(random, 4),
    oxidationStates: Object.fromEntries(
      overrides.map((symbol) => [symbol, shuffle([...states], random).slice(0, 1 + randomInteger(random, 4))]),
    ),
  };
}

describe('buildSpace', () => {
  it.each(Object.entries(SPACES))('holds what brute force finds, each once: %s', (_, file) => {
    const space = build(file);
    const formulas = formulasOf(space);
    expect([...formulas].sort()).toEqual(bruteForceFormulas(space.definition).sort());
    expect(new Set(formulas).size).toBe(space.compositions);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('holds what brute force finds, each once: random space %i', (seed) => {
    const space = build(randomSpace(seed));
    const formulas = formulasOf(space);
    expect([...formulas].sort()).toEqual(bruteForceFormulas(space.definition).sort());
    expect(formulas.length).toBe(space.compositions);
  });

  it('numbers the same whatever the order of the file', () => {
    const file = { ...randomSpace(3), oxidationStates: { Cl: [7, -1], S: [-2, 6, 4], Mn: [2, 4, 3] } };
    const elements = [...new Set([...file.elements, 'Cl', 'S', 'Mn', 'O'])];
    const first = define({ ...file, elements });
    const second = define({ ...file, elements: [...elements].reverse(), anions: [...(file.anions ?? [])].reverse() });
    expect(canonicalSpaceJson(second)).toBe(canonicalSpaceJson(first));
    expect(buildSpace(second)).toEqual(buildSpace(first));
  });

  it('gives systems of one class the same stoichiometries, and puts equal state lists into one class', () => {
    const space = build({ elements: ['Na', 'K', 'Mg', 'Ca', 'O', 'F'], arity: [3, 3], maxCoefficient: 8 });
    const systems = space.classes.map(({ systems }) => systems).sort((a, b) => a - b);
    // Li + (Na|K) + O, Li + (Na|K) + F, Li + (Mg|Ca) + O, Li + (Mg|Ca) + F, Li + O + F
    expect(systems).toEqual([1, 2, 2, 2, 2]);
  });

  it('leaves out systems without a neutral stoichiometry within the amounts', () => {
    const space = build({ elements: ['Ta', 'F', 'O'], arity: [3, 3], maxCoefficient: 3, oxidationStates: { Ta: [5] } });
    // Li-Ta-F would need 6 F; Li-Ta-O and Li-O-F remain
    expect(space.classes.reduce((sum, { systems }) => sum + systems, 0)).toBe(2);
  });

  it('refuses at once a space of too many systems', () => {
    const elements = SYMBOLS.filter((symbol, z) => symbol !== '' && symbol !== 'Li' && oxidationStates(z).length > 0);
    expect(() => build({ elements, arity: [3, 8], maxCoefficient: 8 })).toThrow(
      /^test:arity: \d+ partners in systems of 3 to 8 elements make up to \d\.\de\+10 systems, more than 1e\+8\. Lower/,
    );
  });

  it('names the file and the reason if there is no member', () => {
    expect(() => build({ elements: ['Na', 'K'], arity: [2, 3], maxCoefficient: 8 })).toThrow(
      /^test: space has no member: no composition of 2 to 3 elements with amounts up to 8 is neutral/,
    );
    expect(() => build({ mobileIon: 'Ar', elements: ['O'], arity: [2, 2], maxCoefficient: 8 })).toThrow(
      'the mobile ion Ar has no electronegativity',
    );
  });
});

describe('amountsMatrix', () => {
  it('lists coprime neutral amounts in lexicographic order', () => {
    const cls = { splits: [[[1], [3], [-2]]] };
    // a + 3b = 2c
    expect([...amountsMatrix(cls, 3)]).toEqual([1, 1, 2, 3, 1, 3]);
  });

  it('lists a vector once, however many assignments allow it', () => {
    const one = amountsMatrix({ splits: [[[2], [-2]]] }, 8);
    const two = amountsMatrix(
      {
        splits: [
          [
            [1, 2],
            [-2, -1],
          ],
        ],
      },
      8,
    );
    expect([...one]).toEqual([1, 1]);
    expect([...two]).toEqual([1, 1, 1, 2, 2, 1]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('lists what trying all amounts of %i columns finds', (arity) => {
    const positive = [[1], [3], [2, 3], [1, 2]];
    const negative = [[-2], [-1, -3], [-1], [-4]];
    const states = [...positive.slice(0, arity >> 1), ...negative.slice(0, (arity + 1) >> 1)];
    const expected: number[] = [];
    for (let number = 0; number < 3 ** arity; number++) {
      const amounts = states.map((_, c) => 1 + (Math.floor(number / 3 ** (arity - 1 - c)) % 3));
      const charges = states.reduce(
        (sums, column, c) => sums.flatMap((sum) => column.map((q) => sum + q * amounts[c])),
        [0],
      );
      if (charges.includes(0) && amounts.reduce(greatestCommonDivisor, 0) === 1) expected.push(...amounts);
    }
    expect([...amountsMatrix({ splits: [states] }, 3)]).toEqual(expected);
  });

  it('leaves a list as it is when another one is made', () => {
    const first = amountsMatrix({ splits: [[[1], [3], [-2]]] }, 3);
    amountsMatrix({ splits: [[[1], [2, 3], [-2], [-1]]] }, 8);
    expect([...first]).toEqual([1, 1, 2, 3, 1, 3]);
  });

  it('holds coprime amounts only', () => {
    const space = build({ elements: ['Fe', 'P', 'O', 'S'], arity: [4, 5], maxCoefficient: 6 });
    for (const cls of space.classes) {
      const amounts = amountsMatrix(cls, 6);
      for (let start = 0; start < amounts.length; start += cls.arity) {
        expect(amounts.subarray(start, start + cls.arity).reduce(greatestCommonDivisor, 0)).toBe(1);
      }
    }
  });
});

describe('locateSystem', () => {
  it('finds every system at its row', () => {
    const space = build({ elements: ['Fe', 'P', 'O', 'S', 'Cl'], arity: [3, 5], maxCoefficient: 5 });
    for (const [classIndex, cls] of space.classes.entries()) {
      for (let system = 0; system < cls.systems; system++) {
        const start = cls.systemsOffset + system * cls.arity;
        const columns = [...space.systems.subarray(start, start + cls.arity)];
        const shuffled = shuffle([...columns], createRandom(start));
        expect(locateSystem(space, shuffled), formatSystem(columns)).toEqual({ classIndex, system, columns });
      }
    }
  });

  it('says why a system has no composition', () => {
    const space = build({ elements: ['P', 'O'], arity: [3, 3], maxCoefficient: 5 });
    const locate = (...symbols: string[]) =>
      locateSystem(
        space,
        symbols.map((symbol) => atomicNumber(symbol) as number),
      );
    expect(() => locate('Li', 'P', 'S')).toThrow('system Li-P-S has no composition in space "test": S is not among');
    expect(() => locate('P', 'O')).toThrow('lacks the mobile ion Li');
    expect(() => locate('Li', 'O')).toThrow('has 2 elements; the space has 3 to 3');
  });
});
