import { SYMBOLS } from '../chemistry/elements.ts';
import type { Composition } from '../chemistry/formula.ts';
import { parseFormula, UnknownElementError } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { StudentSession } from '../models/student-session.ts';

/** Rows without a score: how many by reason, and the first of them one by one. */
export interface SkippedRows {
  readonly counts: Readonly<Partial<Record<SkipReason, number>>>;
  readonly rows: readonly SkippedRow[]; // by index
}

/** Rows that are listed one by one, at most; all are counted. */
export const MOST_LISTED = 1_000_000;

export const NONE_SKIPPED: SkippedRows = { counts: {}, rows: [] };

/** Counts skipped rows and keeps the first of them, of one chunk or of many in any order. */
export class SkippedRowsCollector {
  private readonly counts = new Map<SkipReason, number>();
  private rows: SkippedRow[] = [];

  add(row: SkippedRow): void {
    this.count(row.reason, 1);
    this.keep(row);
  }

  merge({ counts, rows }: SkippedRows): void {
    for (const [reason, count] of Object.entries(counts)) this.count(reason as SkipReason, count);
    for (const row of rows) this.keep(row);
  }

  collected(): SkippedRows {
    this.trim();
    const counts = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return { counts: Object.fromEntries(counts), rows: this.rows };
  }

  private count(reason: SkipReason, count: number): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  private keep(row: SkippedRow): void {
    this.rows.push(row);
    if (this.rows.length >= 2 * MOST_LISTED) this.trim();
  }

  private trim(): void {
    this.rows = this.rows.sort((a, b) => a.index - b.index).slice(0, MOST_LISTED);
  }
}

export function skippedTotal({ counts }: SkippedRows): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

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
    index,
    formula: (cell ?? '').slice(0, SHOWN),
    reason,
    problem,
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
