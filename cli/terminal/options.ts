import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1, for commander. */
export function positiveInteger(text: string): number {
  return wholeNumber(text, 1);
}

/** A whole number of at least 0, for commander. */
export function naturalNumber(text: string): number {
  return wholeNumber(text, 0);
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  return value;
}
