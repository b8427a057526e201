import { atomicNumber, SYMBOLS } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { ELEMENT_GROUPS, elementsOf } from './element-groups.ts';

/** What chemists ask of a composition beside its score. As {@link parseCriteria} gives them, equal criteria are equal JSON. */
export interface Criteria {
  readonly exclude?: readonly string[]; // symbols by atomic number, then names of groups in the order of ELEMENT_GROUPS
  readonly require?: readonly string[]; // symbols by atomic number: a composition has all of them
  readonly maxUsdPerKg?: number; // of the raw materials, inclusive
  readonly minLithiumMassPercent?: number; // inclusive
}

const KEYS = ['exclude', 'require', 'maxUsdPerKg', 'minLithiumMassPercent'] as const;
const GROUP_NAMES = ELEMENT_GROUPS.map(({ name }) => name);

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
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InputError(`${JSON.stringify(value)} is no object`, { file }, `Give an object with ${KEYS.join(', ')}.`);
  const record = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(record).find((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new InputError(`there is no criterion ${JSON.stringify(unknown)}`, { file }, `Use ${KEYS.join(', ')}.`);
  const exclude = readNames(record, 'exclude', file, GROUP_NAMES);
  const require = readNames(record, 'require', file, []);
  const criteria: Criteria = {
    ...(exclude.length === 0 ? {} : { exclude }),
    ...(require.length === 0 ? {} : { require }),
    ...readNumber(record, 'maxUsdPerKg', file, Number.MAX_VALUE),
    ...readNumber(record, 'minLithiumMassPercent', file, 100),
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

function readNames(
  record: Readonly<Record<string, unknown>>,
  key: 'exclude' | 'require',
  file: string,
  groups: readonly string[],
): string[] {
  const names = record[key] ?? [];
  const remedy = `Give a list of element symbols${groups.length === 0 ? '' : ` and of ${groups.join(', ')}`}, such as ["S"].`;
  const fail = (problem: string): never => {
    throw new InputError(problem, { file, column: key }, remedy);
  };
  if (!Array.isArray(names)) return fail(`${JSON.stringify(names)} is no list`);
  const bad = names.find((name) => typeof name !== 'string' || !(groups.includes(name) || atomicNumber(name)));
  if (bad !== undefined) fail(`${JSON.stringify(bad)} is no element${groups.length === 0 ? '' : ' and no group'}`);
  const order = (name: string): number => atomicNumber(name) ?? SYMBOLS.length + groups.indexOf(name);
  return [...new Set(names as string[])].sort((a, b) => order(a) - order(b));
}

function readNumber(
  record: Readonly<Record<string, unknown>>,
  key: 'maxUsdPerKg' | 'minLithiumMassPercent',
  file: string,
  most: number,
): Criteria {
  const value = record[key];
  if (value === undefined) return {};
  if (typeof value === 'number' && value > 0 && value <= most) return { [key]: value };
  const range = most === 100 ? 'above 0, at most 100' : 'above 0';
  throw new InputError(
    `${JSON.stringify(value)} is not a number ${range}`,
    { file, column: key },
    'Give such a number.',
  );
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
