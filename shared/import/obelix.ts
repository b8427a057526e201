import { parseFormula } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { type CsvRow, formatCsv, parseCsv } from '../io/tables/csv.ts';

/** What to credit, and the terms. */
export const OBELIX_CREDIT = 'OBELiX: F. Therrien et al., arXiv:2502.14234 (2025), https://github.com/NRC-Mila/OBELiX';
export const OBELIX_LICENCE = 'CC BY 4.0';

/** One measured compound of OBELiX. */
export interface ObelixMeasurement {
  readonly id: string; // name of its CIF file without extension, where it has one
  readonly formula: string;
  readonly conductivity: string; // S/cm at room temperature; `<1e-10` = a bound
  readonly family: string;
  readonly doi: string;
  readonly hasStructure: boolean; // whether the table says that there is a CIF
}

/** A row that cannot be used, and why. */
export interface ObelixSkipped {
  readonly id: string;
  readonly reason: string;
}

const ID = 'ID';
const FORMULA = 'Reduced Composition';
const CONDUCTIVITY = 'Ionic conductivity (S cm-1)';
const FAMILY = 'Family';
const DOI = 'DOI';
const STRUCTURE = 'Cif ID';

/**
 * Measurements from the table of OBELiX (`train.csv`, `test.csv` or `all.csv`), in its order.
 *
 * @param file name for messages
 * @throws {InputError} if columns are missing, an id occurs twice or no row can be used
 */
export function parseObelix(
  text: string,
  file: string,
): { measurements: readonly ObelixMeasurement[]; skipped: readonly ObelixSkipped[] } {
  const { rows } = parseCsv(text, file, [ID, FORMULA, CONDUCTIVITY, FAMILY, DOI, STRUCTURE]);
  const measurements: ObelixMeasurement[] = [];
  const skipped: ObelixSkipped[] = [];
  const ids = new Set<string>();
  for (const row of rows) {
    const id = readId(row, ids);
    try {
      measurements.push(readRow(row, id));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skipped.push({ id, reason: error.message });
    }
  }
  if (measurements.length === 0)
    throw new InputError(
      skipped.length === 0 ? 'holds no measurements' : `no row can be used; ${skipped[0].reason}`,
      { file },
      'Give the table train.csv, test.csv or all.csv of OBELiX.',
    );
  return { measurements, skipped };
}

/** CSV that `teacher fit` reads: a compound a row, with the id of its structure. */
export function formatMeasurements(measurements: readonly ObelixMeasurement[]): string {
  const rows = measurements.map(({ id, formula, conductivity, family, doi }) => [
    id,
    formula,
    conductivity,
    family,
    doi,
  ]);
  return formatCsv(['id', 'formula', 'conductivity_S_per_cm', 'family', 'doi'], rows);
}

/** An id becomes a file name. */
function readId(row: CsvRow, ids: Set<string>): string {
  const id = row.required(ID);
  const fail = (problem: string): never => {
    throw new InputError(
      problem,
      row.place(ID),
      'Give the table as published; a spreadsheet may have changed its ids.',
    );
  };
  if (!/^[A-Za-z0-9][\w-]*$/.test(id)) fail(`${JSON.stringify(id)} is no id of letters and digits`);
  if (ids.has(id)) fail(`id ${id} occurs twice`);
  ids.add(id);
  return id;
}

function readRow(row: CsvRow, id: string): ObelixMeasurement {
  const formula = row.required(FORMULA);
  parseFormula(formula, row.place(FORMULA));
  return {
    id,
    formula,
    conductivity: readConductivity(row),
    family: row.text(FAMILY),
    doi: row.text(DOI),
    hasStructure: row.text(STRUCTURE) === 'done',
  };
}

function readConductivity(row: CsvRow): string {
  const text = row.required(CONDUCTIVITY);
  const [, bound, number] = /^([<>]?)\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?)$/i.exec(text) ?? ['', '', ''];
  const value = Number(number);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InputError(
      `conductivity ${JSON.stringify(text)} is no positive number and no bound such as <1e-10`,
      row.place(CONDUCTIVITY),
      'Give S/cm, such as 1.2e-4.',
    );
  return bound + number;
}
