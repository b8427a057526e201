import { parseFormula } from '../../chemistry/formula.ts';
import { InputError } from '../../errors.ts';
import { type CifBlock, type CifValue, shown } from './cif-syntax.ts';

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

/** As {@link findColumn}, of those tags that have a value which is known. */
export function knownColumn(block: CifBlock, tags: readonly string[]): CifColumn | undefined {
  const known = tags.filter((tag) => block.values.get(tag)?.some((value) => knownText(value) !== undefined));
  return findColumn(block, known);
}

/** The text of a value, or undefined where the file says that it is unknown (`?`) or does not apply (`.`). */
export function knownText({ text, quoted }: CifValue): string | undefined {
  return !quoted && (text === '?' || text === '.') ? undefined : text.trim();
}

const NUMBER = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?:\(\d+(?:\.\d*)?\))?$/i;

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
      `${shown(text)} is not a number`,
      { file, line: value.line, column: tag },
      'Write a plain number such as 1.234 or 1.234(5).',
    );
  return number;
}

/** Atoms per element of `_chemical_formula_sum`, or undefined where it is absent or cannot be read. */
export function declaredComposition(block: CifBlock): ReadonlyMap<number, number> | undefined {
  const text = findColumn(block, ['_chemical_formula_sum'])?.values.map(knownText)[0];
  if (text === undefined) return undefined;
  try {
    const { atomicNumbers, amounts } = parseFormula(text.replace(/\s+/g, ' ')); // a text field may have line breaks
    return new Map(atomicNumbers.map((z, i) => [z, amounts[i]]));
  } catch {
    return undefined; // a free-text remark; nothing of the structure depends on it
  }
}
