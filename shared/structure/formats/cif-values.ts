import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import { parseFormula } from '../../chemistry/formula.ts';
import { InputError, type Place } from '../../errors.ts';
import type { CifBlock, CifValue } from './cif-syntax.ts';

/** The values of the first of several synonymous tags that a block has (in normal form), with that tag. */
export interface CifColumn {
  readonly tag: string;
  readonly values: readonly CifValue[];
}

/** The column of the first of synonymous tags that a block gives, or undefined. */
export function findColumn(block: CifBlock, tags: readonly string[]): CifColumn | undefined {
  for (const tag of tags) {
    const values = block.values.get(tag);
    if (values !== undefined) return { tag, values };
  }
  return undefined;
}

/** The text of a value, or undefined where the file says that it is unknown (`?`) or does not apply (`.`). */
export function knownText({ text, quoted }: CifValue): string | undefined {
  return !quoted && (text === '?' || text === '.') ? undefined : text.trim();
}

const NUMBER = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?:\(\d+\))?$/i;

/**
 * A number, its standard uncertainty in brackets left off: `1.234(5)` is 1.234. Unknown values (`?`, `.`) are undefined.
 *
 * @throws {InputError} naming the line, the tag and the text that is no number
 */
export function parseNumber(value: CifValue, tag: string, file: string): number | undefined {
  const text = knownText(value);
  if (text === undefined) return undefined;
  const match = NUMBER.exec(text);
  const number = match === null ? Number.NaN : Number(match[1]);
  if (!Number.isFinite(number))
    throw new InputError(
      `${JSON.stringify(text.slice(0, 40))} is not a number`,
      { file, line: value.line, column: tag },
      'Write a plain number such as 1.234 or 1.234(5).',
    );
  return number;
}

/** An element symbol, then a charge or nothing: `Li`, `Li1+`, `LI+1`, `O2-`. */
const TYPE_SYMBOL = /^([a-z]{1,2})[0-9.]*(?:[+-][0-9.]*)?$/i;

/** Atomic number of a type symbol; deuterium and tritium are hydrogen. */
export function elementOfType(value: CifValue, place: Place): number {
  const letters = TYPE_SYMBOL.exec(value.text.trim())?.[1];
  const z = letters === undefined ? undefined : elementOfLetters(letters);
  return z ?? unknownElement(value.text, place);
}

/**
 * Atomic number of a site label such as `Li1`, `O2A` or `OW1`, where no type symbol is given. Two capitals may be one
 * element or two (`CO1`): the elements of the formula decide.
 *
 * @param formula atomic numbers of the file's chemical formula; may be empty
 * @throws {InputError} if the label begins with no element, or with two and the formula does not decide
 */
export function elementOfLabel(value: CifValue, formula: ReadonlySet<number>, place: Place): number {
  const letters = /^[a-z]{1,2}/i.exec(value.text)?.[0] ?? '';
  const both = elementOfLetters(letters);
  const first = elementOfLetters(letters.slice(0, 1));
  if (letters.length === 2 && both !== undefined && first !== undefined && /[A-Z]/.test(letters[1])) {
    if (formula.has(both) !== formula.has(first)) return formula.has(both) ? both : first;
    throw new InputError(
      `the label ${JSON.stringify(value.text)} may mean ${SYMBOLS[both]} or ${SYMBOLS[first]}`,
      place,
      'Give _atom_site_type_symbol.',
    );
  }
  return both ?? first ?? unknownElement(value.text, place);
}

function elementOfLetters(letters: string): number | undefined {
  const symbol = letters.slice(0, 1).toUpperCase() + letters.slice(1).toLowerCase();
  return symbol === 'D' || symbol === 'T' ? 1 : atomicNumber(symbol);
}

function unknownElement(text: string, place: Place): never {
  throw new InputError(
    `${JSON.stringify(text.slice(0, 40))} is no known element`,
    place,
    'Write an element symbol, with a charge or without, such as Li or Li1+.',
  );
}

/** Atoms per element of `_chemical_formula_sum`, or undefined where it is absent or cannot be read. */
export function declaredComposition(block: CifBlock): ReadonlyMap<number, number> | undefined {
  const text = findColumn(block, ['_chemical_formula_sum'])?.values.map(knownText)[0];
  if (text === undefined) return undefined;
  try {
    const { atomicNumbers, amounts } = parseFormula(text);
    return new Map(atomicNumbers.map((z, i) => [z, amounts[i]]));
  } catch {
    return undefined; // a free-text remark; nothing of the structure depends on it
  }
}
