import { USUAL_SHARE } from '../chemistry/charge-assignment.ts';
import { isClosedShell } from '../chemistry/electron-shells.ts';
import { atomicNumber, ELECTRONEGATIVITY, oxidationStates, SYMBOLS } from '../chemistry/elements.ts';
import { statesThatOccur } from '../chemistry/oxidation-states.ts';
import { InputError } from '../errors.ts';
import { parseBoundedJson } from '../json.ts';

/** What a space file says, with symbols and oxidation states resolved. */
export interface SpaceDefinition {
  readonly name: string;
  readonly mobileIon: number; // atomic number; in every composition
  readonly elements: readonly number[]; // atomic numbers of the mobile ion's partners, ascending, distinct
  readonly anions: readonly number[]; // atomic numbers that may be negative, ascending, distinct
  readonly arity: readonly [number, number]; // fewest and most elements of a composition, the mobile ion counted; inclusive
  readonly maxCoefficient: number; // amounts are 1..maxCoefficient
  readonly oxidationStates: ReadonlyMap<number, readonly number[]>; // of every element and the mobile ion; ascending, without 0
}

const REQUIRED = ['name', 'mobileIon', 'elements', 'anions', 'arity', 'maxCoefficient'] as const;
const KEYS = [...REQUIRED, 'oxidationStates', 'minStateShare', 'openShells'] as const;

/** In the place of a share: every state that was ever seen in the ICSD, as pymatgen has them. */
const EVERY_STATE = 'seen';
const ARITY_LIMITS = [2, 8] as const; // one element has no counterion; class keys hold 8 columns
const MAX_COEFFICIENT = 64;
const STATE_LIMITS = [-8, 9] as const; // the highest state known is +9, of Ir (Wang et al. 2014, doi:10.1038/nature13795)
const MAX_VECTORS = 2 ** 28; // candidates for the amounts matrix of one class, which has to fit into memory

type Fail = (problem: string, remedy: string) => never;

/**
 * Definition of a composition space from the text of a space file.
 *
 * @param text JSON with the keys name, mobileIon, elements, anions, arity, maxCoefficient and, optionally, oxidationStates
 *   minStateShare and openShells
 * @param file where the text is from, for messages
 * @throws {InputError} naming file, key, value and remedy
 */
export function parseSpace(text: string, file: string): SpaceDefinition {
  const record = parseObject(text, file);
  const at =
    (key: string): Fail =>
    (problem, remedy) => {
      throw new InputError(problem, { file, column: key }, remedy);
    };
  checkKeys(record, at);
  const mobileIon = readElement(record.mobileIon, at('mobileIon'));
  const elements = readElements(record.elements, at('elements'));
  if (elements.includes(mobileIon)) {
    at('elements')(
      `${JSON.stringify(SYMBOLS[mobileIon])} is the mobile ion`,
      'List its partners only: the mobile ion is in every composition anyway.',
    );
  }
  const anions = readElements(record.anions, at('anions'));
  const arity = readArity(record.arity, at('arity'));
  const maxCoefficient = readMaxCoefficient(record.maxCoefficient, arity[1], at('maxCoefficient'));
  const overrides = readOverrides(record.oxidationStates, at('oxidationStates'));
  const builtIn = readBuiltIn(record, at);
  const states = resolveStates([mobileIon, ...elements], overrides, builtIn, at('oxidationStates'));
  const name = readName(record.name, at('name'));
  return { name, mobileIon, elements, anions, arity, maxCoefficient, oxidationStates: states };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseBoundedJson(text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    throw new InputError(
      `space file is not valid JSON (${(error as Error).message})`,
      line === undefined ? { file } : { file, line },
      'Correct the syntax; data/spaces/ holds examples.',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(
      'space file does not hold a JSON object',
      { file },
      `Write an object with the keys ${KEYS.join(', ')}; data/spaces/ holds examples.`,
    );
  }
  return value as Record<string, unknown>;
}

function checkKeys(record: Record<string, unknown>, at: (key: string) => Fail): void {
  for (const key of Object.keys(record)) {
    if ((KEYS as readonly string[]).includes(key)) continue;
    const similar = KEYS.find((known) => known.toLowerCase().slice(0, 3) === key.toLowerCase().slice(0, 3));
    at(key)(
      `key ${JSON.stringify(key)} is unknown`,
      similar === undefined ? `Use ${KEYS.join(', ')} only.` : `Did you mean ${JSON.stringify(similar)}?`,
    );
  }
  for (const key of REQUIRED) {
    if (!Object.hasOwn(record, key))
      at(key)(`key ${JSON.stringify(key)} is missing`, 'Add it; data/spaces/ holds examples.');
  }
}

function readName(value: unknown, fail: Fail): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 100 && !/\p{Cc}/u.test(value)) return value;
  return fail(`name ${JSON.stringify(value)} is not a line of 1 to 100 characters`, 'Give the space a short name.');
}

function readElement(value: unknown, fail: Fail): number {
  const z = typeof value === 'string' ? atomicNumber(value) : undefined;
  return z ?? fail(`${JSON.stringify(value)} is no known element`, 'Use symbols such as "Li"; case matters.');
}

function readElements(value: unknown, fail: Fail): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    return fail(`${JSON.stringify(value)} is not a list of element symbols`, 'Write a list such as ["B", "O"].');
  }
  const elements = value.map((symbol) => readElement(symbol, fail));
  const double = elements.find((z, i) => elements.indexOf(z) < i);
  if (double !== undefined) fail(`${JSON.stringify(SYMBOLS[double])} is listed twice`, 'List every element once.');
  return elements.sort((a, b) => a - b);
}

function readArity(value: unknown, fail: Fail): readonly [number, number] {
  const [low, high] = ARITY_LIMITS;
  const remedy = `Give the fewest and the most elements of a composition, such as [3, 5], within ${low} to ${high}.`;
  if (!Array.isArray(value) || value.length !== 2 || !value.every((k) => Number.isInteger(k))) {
    return fail(`arity ${JSON.stringify(value)} is not a pair of integers`, remedy);
  }
  const [least, most] = value as [number, number];
  if (least < low || most > high) fail(`arity ${JSON.stringify(value)} is outside ${low} to ${high}`, remedy);
  if (least > most) fail(`arity ${JSON.stringify(value)} begins above its end`, remedy);
  return [least, most];
}

function readMaxCoefficient(value: unknown, arity: number, fail: Fail): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > MAX_COEFFICIENT) {
    return fail(
      `maxCoefficient ${JSON.stringify(value)} is not an integer from 1 to ${MAX_COEFFICIENT}`,
      'Give the largest amount of an element in a formula, such as 8.',
    );
  }
  const most = value as number;
  if (most ** arity > MAX_VECTORS) {
    const limit = Math.floor(MAX_VECTORS ** (1 / arity) + 1e-9);
    return fail(
      `maxCoefficient ${most} with ${arity} elements gives ${most}^${arity} candidate stoichiometries a system, more than 2^28`,
      `Lower maxCoefficient to ${limit} or less, or lower the arity.`,
    );
  }
  return most;
}

function readOverrides(value: unknown, fail: Fail): Map<number, readonly number[]> {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${JSON.stringify(value)} is not an object`, 'Write lists by symbol, such as {"Fe": [2, 3]}.');
  }
  return new Map(
    Object.entries(value).map(([symbol, states]) => [readElement(symbol, fail), readStates(symbol, states, fail)]),
  );
}

function readStates(symbol: string, value: unknown, fail: Fail): readonly number[] {
  const [low, high] = STATE_LIMITS;
  const remedy = `Give ${symbol} integers from ${low} to ${high}, without 0 and each once, such as [2, 3].`;
  if (!Array.isArray(value) || value.length === 0) {
    return fail(`states ${JSON.stringify(value)} of ${symbol} are not a list of integers`, remedy);
  }
  for (const [i, state] of value.entries()) {
    if (!Number.isInteger(state) || state < low || state > high || state === 0) {
      fail(`${JSON.stringify(state)} is no oxidation state of ${symbol}`, remedy);
    }
    if (value.indexOf(state) < i) fail(`state ${state} of ${symbol} is listed twice`, remedy);
  }
  return [...value].sort((a, b) => a - b);
}

/** States of an element of which the space file says nothing. */
type BuiltIn = (z: number) => readonly number[];

function readBuiltIn({ minStateShare, openShells }: Record<string, unknown>, at: (key: string) => Fail): BuiltIn {
  const occurring = readMinStateShare(minStateShare, at('minStateShare'));
  if (openShells === true) return occurring;
  if (openShells === undefined || openShells === false)
    return (z) => occurring(z).filter((state) => isClosedShell(z, state));
  return at('openShells')(`${JSON.stringify(openShells)} is neither true nor false`, 'Give true to have them.');
}

function readMinStateShare(value: unknown, fail: Fail): BuiltIn {
  if (value === EVERY_STATE) return oxidationStates;
  const least = value ?? USUAL_SHARE;
  if (typeof least === 'number' && least > 0 && least <= 1) return (z) => statesThatOccur(z, least);
  return fail(
    `${JSON.stringify(value)} is no share of oxidation states`,
    `Give a number above 0, at most 1, such as ${USUAL_SHARE}, or "${EVERY_STATE}" for every state that was ever seen.`,
  );
}

/** An element without electronegativity is in no composition, so it needs no states; any other does. */
function resolveStates(
  elements: readonly number[],
  overrides: ReadonlyMap<number, readonly number[]>,
  builtIn: BuiltIn,
  fail: Fail,
) {
  const resolved = new Map<number, readonly number[]>();
  for (const z of [...elements].sort((a, b) => a - b)) {
    const states = overrides.get(z) ?? builtIn(z);
    if (states.length === 0 && !Number.isNaN(ELECTRONEGATIVITY[z])) {
      fail(
        `${SYMBOLS[z]} has no oxidation state with closed shells and of the asked share in the built-in table`,
        `Remove it from the elements, set openShells or lower minStateShare, or give its states, such as {"${SYMBOLS[z]}": [2]}.`,
      );
    }
    resolved.set(z, states);
  }
  return resolved;
}

/**
 * The definition as canonical text: a space file with every oxidation state written out, elements by atomic number.
 * Equal for space files that differ only in order, layout or in whether a built-in state list is repeated.
 */
export function canonicalSpaceJson(definition: SpaceDefinition): string {
  const symbols = (elements: readonly number[]) => elements.map((z) => SYMBOLS[z]);
  const states = [...definition.oxidationStates].filter(([, list]) => list.length > 0).sort(([a], [b]) => a - b);
  return JSON.stringify({
    name: definition.name,
    mobileIon: SYMBOLS[definition.mobileIon],
    elements: symbols(definition.elements),
    anions: symbols(definition.anions),
    arity: definition.arity,
    maxCoefficient: definition.maxCoefficient,
    oxidationStates: Object.fromEntries(states.map(([z, list]) => [SYMBOLS[z], list])),
  });
}
