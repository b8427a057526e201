/** What settings are made of, beside the vocabulary of `shared/shape.ts`. */

import * as v from 'valibot';
import { onlyFields, type Refuse, readShape, type Shape } from '../shape.ts';

/** A setting that cannot be used: where, what it is and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(place: string, problem: string) {
    super(`cdk.json: ${place}: ${problem}`);
  }
}

export type Changes<T> = { readonly [K in keyof T]?: T[K] extends object ? Changes<T[K]> : T[K] };
type Shapes<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** A setting by its schema; throws {@link ConfigError} below this place. */
export function readSetting<T>(shape: Shape<T>, value: unknown, place: string): T {
  return readShape(shape, value, refusingAt(place));
}

/** Makes the error of a setting below this place. */
export function refusingAt(place: string): Refuse {
  return (problem, column) => new ConfigError([place, column].filter((part) => part !== undefined).join('.'), problem);
}

/** An object of known keys; what is left out has its default. */
export function record<T extends object>(defaults: T, shapes: Shapes<T>): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(shapes);
  return known(entries.map(([key, shape]) => [key, v.optional(shape, defaults[key as keyof T])]));
}

/** An object of known keys, some of which are left out. */
export function changes<T extends object>(shapes: Shapes<Changes<T>>): Shape<Changes<T>> {
  return known(Object.entries<Shape<unknown>>(shapes).map(([key, shape]) => [key, v.optional(shape)]));
}

function known<T>(entries: readonly (readonly [string, v.GenericSchema])[]): Shape<T> {
  return onlyFields(Object.fromEntries(entries)) as unknown as Shape<T>;
}

export function number(least: number, most: number): Shape<number> {
  const isWithin = (value: unknown): boolean => typeof value === 'number' && value >= least && value <= most;
  return v.custom<number>(isWithin, `a number from ${least} to ${most}`);
}

export function positive(most: number): Shape<number> {
  const isWithin = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= most;
  return v.custom<number>(isWithin, `a number above 0, at most ${most}`);
}

export function textLike(pattern: RegExp, expected: string): Shape<string> {
  return v.custom<string>((value) => typeof value === 'string' && pattern.test(value), expected);
}
