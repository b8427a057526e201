import { InputError } from '../errors.ts';
import { type CsvRow, parseCsv } from '../io/tables/csv.ts';

/** One measured compound. */
export interface StructureMeasurement {
  readonly structureIds: readonly string[]; // structures of the compound; empty = none is known
  readonly conductor: boolean; // whether its conductivity reaches the threshold
}

const CONDUCTIVITY_COLUMNS = ['conductivity_S_per_cm', 'sigma_RT_S_per_cm'];
const ID_COLUMN = /^id$|_ids?$/;
const FORMS =
  'Give the columns id,conductivity_S_per_cm: structure ids, separated by blanks if there are several, and S/cm at room temperature.';

/**
 * Measured compounds from CSV text, one a row. The ids of its structures stand in the column `id`, in columns that end
 * in `_id` or `_ids`, or in both; several are separated by blanks. A bound such as `<1e-8` is used where it decides on
 * which side of the threshold the compound is.
 *
 * @param file name for error messages
 * @param threshold conductivity from which a compound counts as a conductor, S/cm
 * @throws {InputError} naming line and column of a value that is not usable, or the column that is missing
 */
export function parseConductivities(text: string, file: string, threshold: number): StructureMeasurement[] {
  const { columns, rows } = parseCsv(text, file, []);
  const conductivity = CONDUCTIVITY_COLUMNS.find((name) => columns.includes(name));
  const ids = columns.filter((name) => ID_COLUMN.test(name));
  if (conductivity === undefined || ids.length === 0)
    throw new InputError(
      `column ${conductivity === undefined ? CONDUCTIVITY_COLUMNS[0] : 'id'} is missing; found ${columns.join(', ')}`,
      { file, line: 1 },
      FORMS,
    );
  if (rows.length === 0) throw new InputError('the file holds no measurements', { file }, FORMS);
  return rows.map((row) => ({
    structureIds: ids.flatMap((name) => row.text(name).split(/\s+/)).filter((id) => id !== ''),
    conductor: isConductor(row, conductivity, threshold),
  }));
}

function isConductor(row: CsvRow, column: string, threshold: number): boolean {
  const text = row.required(column);
  const bound = /^[<>]/.exec(text)?.[0];
  const value = Number(bound === undefined ? text : text.slice(1));
  const fail = (problem: string, remedy: string): never => {
    throw new InputError(`conductivity ${JSON.stringify(text)} ${problem}`, row.place(column), remedy);
  };
  if (!(value > 0 && Number.isFinite(value)))
    fail('is not a positive number', 'Give S/cm as a plain number such as 1.2e-4.');
  const decides = bound === undefined || (bound === '<' ? value <= threshold : value >= threshold);
  if (!decides)
    fail(
      `is a bound that does not tell on which side of ${threshold} S/cm it is`,
      'Give the measured value, choose another threshold, or delete the row.',
    );
  return bound === undefined ? value >= threshold : bound === '>';
}
