/** Readers of configuration values: each returns the value with its type or says where it is, what it is and what is expected. */

/** A setting that cannot be used: where, what it is and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(place: string, value: unknown, expected: string) {
    super(`cdk.json: ${place}: ${JSON.stringify(value) ?? 'nothing'} is not ${expected}`);
  }
}

export type Changes<T> = { readonly [K in keyof T]?: T[K] extends object ? Changes<T[K]> : T[K] };
export type Reader<T> = (value: unknown, place: string) => T;
export type ReadersOf<T> = { readonly [K in keyof T]-?: Reader<T[K] extends object ? Changes<T[K]> : T[K]> };

export function readJsonText(json: string, place: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ConfigError(place, json, 'JSON');
  }
}

export function plainObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(place, value, 'an object');
  return value as Record<string, unknown>;
}

/** An object of known keys; what is left out has its default. */
export function record<T extends object>(defaults: T, readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  return (value, place) => ({ ...defaults, ...known(value, place, readers) });
}

/** An object of known keys, some of which are left out. */
export function changes<T extends object>(readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<Partial<T>> {
  return (value, place) => known(value, place, readers) as Partial<T>;
}

function known(value: unknown, place: string, readers: object): object {
  const given = plainObject(value, place);
  const known = new Map<string, Reader<unknown>>(Object.entries(readers));
  const read = Object.entries(given).map(([key, part]) => {
    const reader = known.get(key);
    if (reader === undefined) throw new ConfigError(place, key, `one of ${listed([...known.keys()])}`);
    return [key, reader(part, `${place}.${key}`)];
  });
  return Object.fromEntries(read);
}

export function number(least: number, most: number): Reader<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw new ConfigError(place, value, `a number from ${least} to ${most}`);
    return value;
  };
}

export function positive(most: number): Reader<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !(value > 0 && value <= most))
      throw new ConfigError(place, value, `a number above 0, at most ${most}`);
    return value;
  };
}

/** @param because why there are these bounds, where that is not plain */
export function integer(least: number, most: number, because = ''): Reader<number> {
  return (value, place) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw new ConfigError(place, value, `an integer from ${least} to ${most}${because && ` (${because})`}`);
    return value as number;
  };
}

export function text(pattern: RegExp, expected: string): Reader<string> {
  return (value, place) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ConfigError(place, value, expected);
    return value;
  };
}

export function oneOf<T extends string | number>(...values: readonly T[]): Reader<T> {
  return (value, place) => {
    if (!values.includes(value as T)) throw new ConfigError(place, value, `one of ${listed(values)}`);
    return value as T;
  };
}

export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, place) => (value === null ? null : reader(value, place));
}

/** A list without doubles. */
export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new ConfigError(place, value, 'a list');
    const items = value.map((item, index) => reader(item, `${place}[${index}]`));
    const double = items.findIndex((item, index) => items.indexOf(item) !== index);
    if (double !== -1) throw new ConfigError(`${place}[${double}]`, items[double], 'there once only');
    return items;
  };
}

export function listed(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
