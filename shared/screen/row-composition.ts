import { SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, greatestCommonDivisor, parseFormula, UnknownElementError } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { StudentSession } from '../onnx/student-session.ts';

/** Why a row of a list cannot be scored. */
export type SkipReason =
  | 'no formula'
  | 'unreadable formula'
  | 'unknown element'
  | 'element unknown to the student'
  | 'no mobile ion';

/** A row of a list that has no score. */
export interface SkippedRow {
  readonly index: number; // of the row, from 0
  readonly formula: string; // as it stands there, cut if it is very long
  readonly reason: SkipReason; // groups such rows
  readonly problem: string; // what it is in this row
}

const SHOWN = 200; // characters of a formula that a report repeats

/** The composition of a row, or why it cannot be scored. Amounts are those of the formula. */
export function rowComposition(
  cell: string | undefined,
  index: number,
  student: StudentSession,
): Composition | SkippedRow {
  const skip = (reason: SkipReason, problem: string): SkippedRow => ({
    ...{ index, formula: (cell ?? '').slice(0, SHOWN), reason, problem },
  });
  if (cell === undefined || cell.trim() === '') return skip('no formula', 'the row has no formula');
  let composition: Composition;
  try {
    composition = parseFormula(cell);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return skip(error instanceof UnknownElementError ? 'unknown element' : 'unreadable formula', error.problem);
  }
  const { atomicNumbers } = composition;
  const unknown = atomicNumbers.filter((z) => student.rowOf(z) < 0).map((z) => SYMBOLS[z]);
  if (unknown.length > 0)
    return skip('element unknown to the student', `the student has not seen ${unknown.join(', ')} in training`);
  const { mobileIon } = student.metadata;
  if (!atomicNumbers.some((z) => SYMBOLS[z] === mobileIon))
    return skip('no mobile ion', `the composition has no ${mobileIon}`);
  return composition;
}

export function isSkipped(row: Composition | SkippedRow): row is SkippedRow {
  return 'reason' in row;
}

/** Decimals of an amount that count: what a formatted formula keeps. */
const DECIMALS = 6;

/**
 * The same composition with integer amounts without a common divisor: equal for `Li3PS4`, `Li6P2S8` and
 * `Li1.5P0.5S2`. Amounts count to six decimals.
 */
export function inIntegers({ atomicNumbers, amounts }: Composition): Composition {
  const integers = amounts.every(Number.isSafeInteger)
    ? amounts
    : amounts.map((amount) => Math.round(Number(amount.toFixed(DECIMALS)) * 10 ** DECIMALS));
  const divisor = integers.reduce(greatestCommonDivisor, 0);
  return { atomicNumbers, amounts: integers.map((amount) => amount / divisor) };
}
