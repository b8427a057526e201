import { InputError } from '../shared/errors.ts';

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

/** A value as JSON; one that nests too deep to be written is none that an event has. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    return 'what nests so deep';
  }
}

/** Read the fields of an event; each throws {@link InputError} naming field and value if it is not of its type. */
export function readEvent(event: unknown, handler: string): EventFields {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const refuse = (name: string, expected: string): never => {
    const problem = `${shown(fields[name])} is not ${expected}`;
    throw new InputError(problem, { file: `event of ${handler}`, column: name }, 'Correct the event.');
  };
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : refuse(name, 'a text');
  };
  const integer = (name: string, least: number, fallback?: number): number => {
    const value = fields[name] ?? fallback;
    return Number.isSafeInteger(value) && (value as number) >= least
      ? (value as number)
      : refuse(name, `an integer >= ${least}`);
  };
  const isAbsent = (name: string): boolean => fields[name] === undefined || fields[name] === null;
  return {
    text,
    integer,
    optionalText: (name) => (isAbsent(name) ? undefined : text(name)),
    optionalInteger: (name, least) => (isAbsent(name) ? undefined : integer(name, least)),
    optionalBoolean: (name) => {
      const value = fields[name] ?? undefined;
      return value === undefined || typeof value === 'boolean' ? value : refuse(name, 'true or false');
    },
    optionalValue: (name) => fields[name] ?? undefined,
    optionalOneOf: (name, values) =>
      isAbsent(name)
        ? undefined
        : (values.find((value) => value === fields[name]) ?? refuse(name, `one of ${values.join(', ')}`)),
    time(name) {
      const value = new Date(text(name));
      return Number.isNaN(value.getTime()) ? refuse(name, 'a time such as 2026-01-31T12:00:00Z') : value;
    },
  };
}
