import {
  DescriptorUndefinedError,
  InputError,
  IntegrityError,
  IonsieveError,
  StoreError,
} from '../../shared/errors.ts';

/** An error as it passes between threads, which its class does not survive. */
export interface PassedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly said?: Pick<IonsieveError, 'problem' | 'place' | 'remedy'>;
}

const CLASSES = [InputError, IntegrityError, StoreError, DescriptorUndefinedError];

/** What another thread needs to have the error again; see {@link reviveError}. */
export function passError(error: unknown): PassedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof IonsieveError)) return { name, message, stack };
  const { problem, place, remedy } = error;
  return { name, message, stack, said: { problem, place, remedy } };
}

/** The error with its class, place and remedy; one that nobody foresaw keeps its name. */
export function reviveError({ said, ...passed }: PassedError): Error {
  const prototype = CLASSES.find((kind) => kind.name === passed.name)?.prototype;
  if (said === undefined || prototype === undefined) return Object.assign(new Error(passed.message), passed);
  return Object.assign(Object.create(prototype) as Error, passed, said);
}
