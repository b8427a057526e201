import { InputError, type Place } from '../../errors.ts';

/** What the column of formulas is called first of all. */
export const FORMULA_COLUMN = 'formula';

const FORMULA_WORD = /^(?:formula|composition)s?$/;
const KIND_WORD =
  /^(?:chemical|reduced|true|pretty|full|empirical|molecular|structural|nominal|sum|unit|cell|descriptive)$/;

/** Whether a column is called so that it holds formulas, such as `Composition` or `chemical_formula_reduced`. */
export function isFormulaName(name: string): boolean {
  const words = name.toLowerCase().match(/[^\s_.()-]+/g) ?? [];
  return (
    words.filter((word) => FORMULA_WORD.test(word)).length === 1 &&
    words.every((word) => FORMULA_WORD.test(word) || KIND_WORD.test(word))
  );
}

/** Whether a column is called so that it says what a row is about: its formula or its ids. */
export function isKeyName(name: string): boolean {
  return isFormulaName(name) || /^(?:id|.*_ids?)$/i.test(name.trim());
}

/** Refuse a header with two columns of one name. Columns without a name are none. */
export function refuseDoubled(columns: readonly string[], place: Place): void {
  const seen = new Set(['']);
  for (const name of columns) {
    if (name !== '' && seen.has(name))
      throw new InputError(`column ${JSON.stringify(name)} occurs twice`, place, 'Rename or delete one of them.');
    seen.add(name);
  }
}

/**
 * The position of the column of formulas: the one that is called `formula`, or else the only one with such a name.
 *
 * @param place of the header, for messages
 * @throws {InputError} if there is none, it is unclear which one is meant, or a name occurs twice
 */
export function findFormulaColumn(columns: readonly string[], place: Place): number {
  refuseDoubled(columns, place);
  const plain = columns.indexOf(FORMULA_COLUMN);
  if (plain >= 0) return plain;
  const named = columns.filter(isFormulaName);
  if (named.length === 1) return columns.indexOf(named[0]);
  const found = columns.length === 0 ? 'the file has no header line' : `found ${columns.join(', ')}`;
  const problem =
    named.length === 0
      ? `column ${FORMULA_COLUMN} is missing; ${found}`
      : `the columns ${named.join(', ')} could all be the formulas`;
  throw new InputError(problem, place, `Name one column ${FORMULA_COLUMN} in the header line.`);
}
