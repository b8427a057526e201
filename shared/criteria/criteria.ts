import * as v from 'valibot';
import { atomicNumber, SYMBOLS } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { onlyFields, type Refuse, readShape } from '../shape.ts';
import { ELEMENT_GROUPS, elementsOf } from './element-groups.ts';

/** What chemists ask of a composition beside its score. As {@link parseCriteria} gives them, equal criteria are equal JSON. */
export interface Criteria {
  readonly exclude?: readonly string[]; // symbols by atomic number, then names of groups in the order of ELEMENT_GROUPS
  readonly require?: readonly string[]; // symbols by atomic number: a composition has all of them
  readonly maxUsdPerKg?: number; // of the raw materials, inclusive
  readonly minLithiumMassPercent?: number; // inclusive
}

const GROUP_NAMES = ELEMENT_GROUPS.map(({ name }) => name);
const [ELEMENTS, NAMES] = ['a list of element symbols', `a list of element symbols and of ${GROUP_NAMES.join(', ')}`];

const elementName = v.custom<string>(
  (name) => typeof name === 'string' && atomicNumber(name) !== undefined,
  'an element',
);
const nameOf = v.custom<string>(
  (name) => v.is(elementName, name) || GROUP_NAMES.includes(name as string),
  'an element or a group',
);
const upTo = (most: number, expected: string) =>
  v.custom<number>((value) => typeof value === 'number' && value > 0 && value <= most, expected);

const CRITERIA = onlyFields({
  exclude: v.nullish(v.array(nameOf, NAMES), []),
  require: v.nullish(v.array(elementName, ELEMENTS), []),
  maxUsdPerKg: v.optional(upTo(Number.MAX_VALUE, 'a number above 0')),
  minLithiumMassPercent: v.optional(upTo(100, 'a number above 0, at most 100')),
});

/** What to give instead, by criterion. */
const REMEDIES: Readonly<Record<string, string>> = {
  exclude: `Give ${NAMES}, such as ["S"].`,
  require: `Give ${ELEMENTS}, such as ["S"].`,
  maxUsdPerKg: 'Give such a number.',
  minLithiumMassPercent: 'Give such a number.',
};

/**
 * Read criteria from a plain object.
 *
 * @param value with the keys of {@link Criteria}, all optional; lists in any order
 * @param file for messages: where the object was found
 * @param mobileIon symbol of the ion that every composition has
 * @returns undefined if nothing is asked for
 * @throws {InputError} naming the key, its value and what is expected
 */
export function parseCriteria(value: unknown, file: string, mobileIon?: string): Criteria | undefined {
  const refuse: Refuse = (problem, column) => {
    const key = column?.replace(/\[.*/, '') ?? '';
    const remedy = Object.hasOwn(REMEDIES, key) ? REMEDIES[key] : `Use ${Object.keys(REMEDIES).join(', ')}.`;
    return new InputError(problem, { file, column }, remedy);
  };
  const { exclude, require, ...bounds } = readShape(CRITERIA, value, refuse);
  const criteria: Criteria = {
    ...(exclude.length === 0 ? {} : { exclude: sorted(exclude) }),
    ...(require.length === 0 ? {} : { require: sorted(require) }),
    ...Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined)),
  };
  checkConflict(criteria, file, mobileIon);
  if (mobileIon !== undefined && mobileIon !== 'Li' && criteria.minLithiumMassPercent !== undefined)
    throw new InputError(
      `lithium is asked for, and the mobile ion is ${mobileIon}`,
      { file, column: 'minLithiumMassPercent' },
      'Leave out the least share of lithium.',
    );
  return Object.keys(criteria).length === 0 ? undefined : criteria;
}

/** Each once: symbols by atomic number, then groups. */
function sorted(names: readonly string[]): string[] {
  const order = (name: string): number => atomicNumber(name) ?? SYMBOLS.length + GROUP_NAMES.indexOf(name);
  return [...new Set(names)].sort((a, b) => order(a) - order(b));
}

function checkConflict({ exclude = [], require = [] }: Criteria, file: string, mobileIon: string | undefined): void {
  const needed = mobileIon === undefined ? require : [...require, mobileIon];
  for (const name of exclude) {
    const symbol = needed.find((one) => elementsOf(name).includes(atomicNumber(one) as number));
    if (symbol === undefined) continue;
    const why = require.includes(symbol) ? 'is required' : 'is the mobile ion';
    const remedy = 'No composition would be left: drop one of the two.';
    throw new InputError(
      `${JSON.stringify(name)} excludes ${symbol}, which ${why}`,
      { file, column: 'exclude' },
      remedy,
    );
  }
}
