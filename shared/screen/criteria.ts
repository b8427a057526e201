import { ELEMENT_GROUPS } from '../chemistry/element-groups.ts';
import { atomicNumber, MAX_ATOMIC_NUMBER, SYMBOLS } from '../chemistry/elements.ts';
import { lithiumMassPercent, PRICE, rawMaterialCost } from '../chemistry/prices.ts';
import { InputError } from '../errors.ts';

/** What chemists ask of a composition beside its score. As {@link parseCriteria} gives them, equal criteria are equal JSON. */
export interface Criteria {
  readonly exclude?: readonly string[]; // symbols by atomic number, then names of groups in the order of ELEMENT_GROUPS
  readonly require?: readonly string[]; // symbols by atomic number: a composition has all of them
  readonly maxUsdPerKg?: number; // of the raw materials, inclusive
  readonly minLithiumMassPercent?: number; // inclusive
}

const KEYS = ['exclude', 'require', 'maxUsdPerKg', 'minLithiumMassPercent'] as const;
const GROUP_NAMES = ELEMENT_GROUPS.map(({ name }) => name);

/** Counts of compositions by the criterion that excluded them, such as `exclude toxic`. */
export type CriterionCounts = Readonly<Record<string, number>>;

/** What criteria excluded. */
export interface Excluded {
  /** Compositions whose elements exclude them: they were not scored. The first criterion that does counts. */
  readonly unscored: CriterionCounts;
  /** Compositions that passed, and that their amounts exclude from the ranking. The first criterion that does counts. */
  readonly passed: CriterionCounts;
}

export const NONE_EXCLUDED: Excluded = { unscored: {}, passed: {} };

/** Compositions that criteria kept from being scored. */
export function unscoredTotal({ unscored }: Excluded): number {
  return Object.values(unscored).reduce((sum, count) => sum + count, 0);
}

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

/** Atomic numbers that a name of `exclude` stands for. */
function elementsOf(name: string): readonly number[] {
  return ELEMENT_GROUPS.find((group) => group.name === name)?.atomicNumbers ?? [atomicNumber(name) as number];
}

const NO_PRICE = 'no price';
const NONE = 255;

/** Criteria, ready to be asked many times. */
export class CriteriaFilter {
  /** Whether amounts matter: if not, every composition of a system that is not excluded is good. */
  readonly asksAmounts: boolean;
  private readonly reasons: readonly string[]; // of systems, in the order in which they are asked
  private readonly reasonOf = new Uint8Array(MAX_ATOMIC_NUMBER + 1).fill(NONE); // first reason to exclude an element
  private readonly required: readonly { readonly z: number; readonly reason: number }[];
  private readonly maxUsdPerKg: number;
  private readonly minLithiumMassPercent: number;

  constructor({ exclude = [], require = [], maxUsdPerKg, minLithiumMassPercent }: Criteria) {
    this.reasons = [...exclude.map((name) => `exclude ${name}`), ...require.map((name) => `require ${name}`), NO_PRICE];
    this.maxUsdPerKg = maxUsdPerKg ?? Number.POSITIVE_INFINITY;
    this.minLithiumMassPercent = minLithiumMassPercent ?? 0;
    this.asksAmounts = maxUsdPerKg !== undefined || minLithiumMassPercent !== undefined;
    this.required = require.map((name, i) => ({ z: atomicNumber(name) as number, reason: exclude.length + i }));
    if (maxUsdPerKg !== undefined)
      for (let z = 1; z <= MAX_ATOMIC_NUMBER; z++)
        if (Number.isNaN(PRICE[z])) this.reasonOf[z] = this.reasons.length - 1;
    exclude.forEach((name, reason) => {
      for (const z of elementsOf(name)) this.reasonOf[z] = Math.min(this.reasonOf[z], reason);
    });
  }

  /** The first criterion that excludes every composition of these elements, such as `exclude toxic`, or undefined. */
  systemExclusion(atomicNumbers: ArrayLike<number>): string | undefined {
    let first = NONE;
    for (let e = 0; e < atomicNumbers.length; e++) first = Math.min(first, this.reasonOf[atomicNumbers[e]]);
    for (const { z, reason } of this.required)
      if (reason < first && Array.prototype.indexOf.call(atomicNumbers, z) < 0) first = reason;
    return this.reasons[first];
  }

  /**
   * The first criterion on amounts that excludes a composition, or undefined; its system must not be excluded.
   *
   * @param elements atomic numbers, those of the composition at [elementsFrom, elementsFrom + arity)
   * @param amounts theirs, at [amountsFrom, amountsFrom + arity)
   */
  compositionExclusion(
    elements: ArrayLike<number>,
    amounts: ArrayLike<number>,
    arity = elements.length,
    elementsFrom = 0,
    amountsFrom = 0,
  ): 'maxUsdPerKg' | 'minLithiumMassPercent' | undefined {
    const { maxUsdPerKg, minLithiumMassPercent } = this;
    if (rawMaterialCost(elements, amounts, arity, elementsFrom, amountsFrom) > maxUsdPerKg) return 'maxUsdPerKg';
    return lithiumMassPercent(elements, amounts, arity, elementsFrom, amountsFrom) < minLithiumMassPercent
      ? 'minLithiumMassPercent'
      : undefined;
  }
}

/** Counts what criteria exclude, of one chunk or of many. */
export class ExcludedCollector {
  private readonly unscored = new Map<string, number>();
  private readonly passed = new Map<string, number>();

  addUnscored(reason: string, count: number): void {
    addTo(this.unscored, reason, count);
  }

  addPassed(reason: string): void {
    addTo(this.passed, reason, 1);
  }

  merge({ unscored, passed }: Excluded): void {
    for (const [reason, count] of Object.entries(unscored)) addTo(this.unscored, reason, count);
    for (const [reason, count] of Object.entries(passed)) addTo(this.passed, reason, count);
  }

  /** By reason, sorted: equal counts are equal JSON. */
  collected(): Excluded {
    return { unscored: sorted(this.unscored), passed: sorted(this.passed) };
  }
}

function addTo(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}

function sorted(counts: ReadonlyMap<string, number>): CriterionCounts {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
