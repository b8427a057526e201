import { InputError } from '../shared/errors.ts';

/** Fields of an event by name, read with their types checked. */
export interface EventFields {
  text(name: string): string;
  /** An integer of at least `least`. */
  integer(name: string, least: number): number;
}

/** Read the fields of an event; each throws {@link InputError} naming field and value if it is not of its type. */
export function readEvent(event: unknown, handler: string): EventFields {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const refuse = (name: string, expected: string): never => {
    const problem = `${JSON.stringify(fields[name]) ?? 'nothing'} is not ${expected}`;
    throw new InputError(problem, { file: `event of ${handler}`, column: name }, 'Correct the event.');
  };
  return {
    text(name) {
      const value = fields[name];
      return typeof value === 'string' && value !== '' ? value : refuse(name, 'a text');
    },
    integer(name, least) {
      const value = fields[name];
      return Number.isSafeInteger(value) && (value as number) >= least
        ? (value as number)
        : refuse(name, `an integer >= ${least}`);
    },
  };
}
