import { InputError, type Place } from '../../errors.ts';

/** What the column of formulas is called first of all. */
export const FORMULA_COLUMN = 'formula';

const KINDS = 'chemical|reduced|true|pretty|full|empirical|molecular|structural|nominal|sum|unit cell';
const FORMULA_NAME = new RegExp(`^(?:(?:${KINDS}) )*(?:formula|composition)s?(?: (?:${KINDS}|descriptive))*$`);

/** Whether a column is called so that it holds formulas, such as `Composition` or `chemical_formula_reduced`. */
export function isFormulaName(name: string): boolean {
  return FORMULA_NAME.test(
    name
      .trim()
      .toLowerCase()
      .replace(/[\s_.()-]+/g, ' ')
      .trim(),
  );
}

/** Whether a column is called so that it says what a row is about: its formula or its ids. */
export function isKeyName(name: string): boolean {
  return isFormulaName(name) || /^(?:id|.*_ids?)$/i.test(name.trim());
}

/**
 * The position of the column of formulas: the one that is called `formula`, or else the only one with such a name.
 *
 * @param place of the header, for messages
 * @throws {InputError} if there is none, or it is unclear which one is meant
 */
export function findFormulaColumn(columns: readonly string[], place: Place): number {
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
