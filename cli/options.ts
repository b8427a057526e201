import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1, for commander. */
export function positiveInteger(text: string): number {
  const value = naturalNumber(text);
  if (value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** A whole number of at least 0, for commander. */
export function naturalNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}
