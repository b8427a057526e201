import { InputError } from '../errors.ts';
import { type MeasuredRow, readMeasuredRows } from './measured-rows.ts';

/** One measured compound. */
export interface StructureMeasurement {
  readonly structureIds: readonly string[]; // structures of the compound; empty = none is known
  readonly conductor: boolean; // whether its conductivity reaches the threshold
}

const ID_COLUMN = /^id$|_ids?$/;
const SAME = 1e-9; // decades: 0.1 mS/cm reaches 1e-4 S/cm, however they are rounded

/**
 * Measured compounds from CSV text, one a row, with conductivities as {@link readMeasuredRows} reads them. The ids of
 * its structures stand in the column `id`, in columns that end in `_id` or `_ids`, or in both; several are separated by
 * blanks. A bound such as `<1e-8` is used where it decides on which side of the threshold the compound is.
 *
 * @param file name for error messages
 * @param threshold conductivity from which a compound counts as a conductor, S/cm
 * @param tell is told what a user should know of how the table was read
 * @throws {InputError} naming line and column of a value that is not usable, or the column that is missing
 */
export function parseConductivities(
  text: string,
  file: string,
  threshold: number,
  tell: (note: string) => void = () => undefined,
): StructureMeasurement[] {
  const idsOf = (columns: readonly string[]): string[] => columns.filter((name) => ID_COLUMN.test(name));
  const lacks = (columns: readonly string[]): string | undefined => (idsOf(columns).length === 0 ? 'id' : undefined);
  const { columns, measured, notes } = readMeasuredRows(text, file, lacks);
  const ids = idsOf(columns);
  notes.forEach(tell);
  return measured.map((one) => ({
    structureIds: ids.flatMap((name) => one.row.text(name).split(/\s+/)).filter((id) => id !== ''),
    conductor: isConductor(one, threshold),
  }));
}

function isConductor({ row, column, log10, bound }: MeasuredRow, threshold: number): boolean {
  const least = Math.log10(threshold);
  const decides = bound === 'exact' || (bound === 'upper' ? log10 <= least + SAME : log10 >= least - SAME);
  if (!decides)
    throw new InputError(
      `conductivity ${JSON.stringify(row.text(column))} is a bound that does not tell on which side of ${threshold} S/cm it is`,
      row.place(column),
      'Give the measured value, choose another threshold, or delete the row.',
    );
  return bound === 'exact' ? log10 >= least - SAME : bound === 'lower';
}
