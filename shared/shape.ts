import * as v from 'valibot';
import { parseBoundedJson } from './json.ts';

/*
 * How what comes from outside becomes a typed value: a schema of valibot says what is expected, and whoever reads says what
 * error it is if it is not. The message of a schema is its expectation in words, such as `an integer >= 1`.
 */

/** What a value may be made of; T is its type once it was checked. */
export type Shape<T> = v.GenericSchema<unknown, T>;

/**
 * Makes the error of a value that is not as expected; it knows file and remedy.
 *
 * @param column path of the key inside the file, such as `files[2].name`; undefined for the whole
 */
export type Refuse = (problem: string, column?: string) => Error;

/**
 * A value as the schema makes it: only the fields it knows, in its order, with its defaults.
 *
 * @throws what `refuse` gives for the first part that is not as expected
 */
export function readShape<T>(shape: Shape<T>, value: unknown, refuse: Refuse): T {
  const { success, output, issues } = v.safeParse(shape, value, { abortEarly: true, abortPipeEarly: true });
  if (success) return output;
  throw refuse(...problemOf(issues[0]));
}

/**
 * The very value, checked: fields and their order stay, so that it is written again as the same bytes.
 *
 * @param shape which changes nothing of a value
 * @throws what `refuse` gives for the first part that is not as expected
 */
export function checkShape<T>(shape: Shape<T>, value: unknown, refuse: Refuse): T {
  readShape(shape, value, refuse);
  return value as T;
}

/**
 * The value of a JSON text.
 *
 * @param parse `JSON.parse` for a file whose hash was checked, which needs no bounds
 */
export function readJson(text: string, refuse: Refuse, parse: (text: string) => unknown = parseBoundedJson): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw refuse(`it is not JSON (${(error as Error).message})`);
  }
}

/** Place and problem of what is not as expected. */
function problemOf({ path, input, message, expected }: v.BaseIssue<unknown>): [problem: string, column?: string] {
  if (path === undefined) return [`${shown(input)} is not ${message}`];
  const { key, value } = path[path.length - 1];
  const given = expected === 'never' ? key : value; // of an unknown key, what is wrong is the key
  const isMissing = given === undefined;
  const problem = isMissing ? `${key} is missing: it should be ${message}` : `${shown(given)} is not ${message}`;
  const column = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return [problem, column.replace(/^\./, '')];
}

const MOST_SHOWN = 200; // characters of a value

/** A value as JSON; one that nests too deep to be written is none that is expected anywhere. */
function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  } catch {
    return 'what nests so deep';
  }
}

/** An object with these fields; it may have others. A missing one is told with what it should be. */
export function fields<const E extends v.ObjectEntries>(entries: E) {
  return anObject(v.object(entries, expectationIn(entries)));
}

/** An object with these fields and no others. */
export function onlyFields<const E extends v.ObjectEntries>(entries: E) {
  return anObject(v.strictObject(entries, expectationIn(entries)));
}

/** An object with any keys. */
export function recordOf<S extends v.GenericSchema>(value: S) {
  return anObject(v.record(v.string(), value, 'an object'));
}

/** valibot takes a list for an object too. */
function anObject<S extends v.GenericSchema>(schema: S): v.GenericSchema<v.InferInput<S>, v.InferOutput<S>> {
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  return v.pipe(v.custom<v.InferInput<S>>(isObject, 'an object'), schema);
}

/** What a key that is missing or unknown should be. */
function expectationIn(entries: v.ObjectEntries) {
  return ({ path }: v.BaseIssue<unknown>): string => {
    const key = String(path?.[0].key);
    if (!Object.hasOwn(entries, key)) return `one of ${Object.keys(entries).join(', ')}`;
    const { message, wrapped } = entries[key] as {
      readonly message?: unknown;
      readonly wrapped?: { message?: unknown };
    };
    const expectation = message ?? wrapped?.message;
    return typeof expectation === 'string' ? expectation : 'an object';
  };
}

/** A list of what `item` describes. */
export function listOf<S extends v.GenericSchema>(item: S) {
  return v.array(item, 'a list');
}

/** One of these values. */
export function oneOf<const T extends string | number>(values: readonly T[]) {
  return v.picklist(values, `one of ${values.join(', ')}`);
}

/** An integer with bounds, inclusive. @param because why there are these bounds, where that is not plain */
export function integer(least = 0, most = Number.MAX_SAFE_INTEGER, because = '') {
  const range = most === Number.MAX_SAFE_INTEGER ? `>= ${least}` : `from ${least} to ${most}`;
  return v.custom<number>(
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    `an integer ${range}${because && ` (${because})`}`,
  );
}

/** A number, which is finite. */
export const finite = v.custom<number>(Number.isFinite, 'a number');

/** A number that may be NaN, which JSON writes as null. */
export const finiteOrNaN = v.custom<number>((value) => value === null || Number.isFinite(value), 'a number or null');

/** A text that is not empty. */
export const text = v.custom<string>((value) => typeof value === 'string' && value !== '', 'a text');

/** True or false. */
export const flag = v.boolean('true or false');

/** A SHA-256, hexadecimal. */
export const sha256Text = v.custom<string>(
  (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  'a SHA-256',
);
