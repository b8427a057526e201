import * as v from 'valibot';
import { InputError } from '../shared/errors.ts';
import { fields, flag, integer, oneOf, type Refuse, readShape, type Shape, text } from '../shared/shape.ts';

/**
 * An event by its schema.
 *
 * @param handler that the event is for, as errors name it
 * @throws {InputError} naming the field that is missing or not as expected
 */
export function parseEvent<T>(shape: Shape<T>, event: unknown, handler: string): T {
  const refuse: Refuse = (problem, column) =>
    new InputError(problem, { file: `event of ${handler}`, column }, 'Correct the event.');
  return readShape(shape, event, refuse);
}

/** A field that may be absent or null: workflows write null where there is nothing. */
export function maybe<T>(shape: Shape<T>) {
  return v.pipe(
    v.nullish(shape),
    v.transform((value) => value ?? undefined),
  );
}

const EXPECTED_TIME = 'a time such as 2026-01-31T12:00:00Z';
const TIME: Shape<Date> = v.pipe(
  text,
  v.transform((time) => new Date(time)),
  v.check((time) => !Number.isNaN(time.getTime()), EXPECTED_TIME),
);

/** Fields of an event by name, read with their types checked. */
export interface EventFields {
  text(name: string): string;
  /** A text, or undefined if the field is absent or null. */
  optionalText(name: string): string | undefined;
  /** One of these texts, or undefined if the field is absent or null. */
  optionalOneOf<T extends string>(name: string, values: readonly T[]): T | undefined;
  /** An integer of at least `least`, or undefined if the field is absent or null. */
  optionalInteger(name: string, least: number): number | undefined;
  /** True or false, or undefined if the field is absent or null. */
  optionalBoolean(name: string): boolean | undefined;
  /** An object or any other JSON value, not looked into; undefined if the field is absent or null. */
  optionalValue(name: string): unknown;
  /** An integer of at least `least`; where the field is absent, `fallback` if there is one. */
  integer(name: string, least: number, fallback?: number): number;
  /** A point of time in ISO 8601. */
  time(name: string): Date;
}

/** Read the fields of an event one by one; each throws {@link InputError} naming field and value if it is not of its type. */
export function readEvent(event: unknown, handler: string): EventFields {
  const read = <T>(name: string, shape: Shape<T>): T =>
    (parseEvent(fields({ [name]: shape }), event, handler) as Readonly<Record<string, T>>)[name];
  return {
    text: (name) => read(name, text),
    optionalText: (name) => read(name, maybe(text)),
    optionalOneOf: <T extends string>(name: string, values: readonly T[]) =>
      read<T | undefined>(name, maybe<T>(oneOf(values))),
    optionalInteger: (name, least) => read(name, maybe(integer(least))),
    optionalBoolean: (name) => read(name, maybe(flag)),
    optionalValue: (name) => read(name, maybe(v.unknown())),
    integer: (name, least, fallback) =>
      fallback === undefined ? read(name, integer(least)) : read(name, v.nullish(integer(least), fallback)),
    time: (name) => read(name, TIME),
  };
}
