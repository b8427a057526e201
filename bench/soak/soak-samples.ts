import { formatCsv, parseCsv } from '../../shared/io/tables/csv.ts';
import type { ProcessState } from './process-state.ts';

/** A run at one moment. */
export interface SoakSample extends ProcessState {
  readonly seconds: number; // since its start
  readonly compositions: number; // of the chunks whose results are stored
  readonly chunks: number; // of them
}

const DIGITS = {
  seconds: 3,
  memoryMB: 3,
  peakMB: 3,
  handles: 0,
  threads: 0,
  cpuSeconds: 2,
  compositions: 0,
  chunks: 0,
};
const COLUMNS = Object.keys(DIGITS) as (keyof SoakSample)[];

export const SAMPLES_HEADER = formatCsv(COLUMNS, []);

/** A line of the samples' CSV file. */
export function formatSample(sample: SoakSample): string {
  return `${COLUMNS.map((column) => sample[column].toFixed(DIGITS[column])).join(',')}\n`;
}

/**
 * Read samples back.
 *
 * @throws {InputError} naming line and column
 */
export function parseSamples(text: string, file: string): SoakSample[] {
  return parseCsv(text, file, COLUMNS).rows.map((row) => {
    const entries = COLUMNS.map((column) => [column, row.number(column)] as const);
    return Object.fromEntries(entries) as Record<keyof SoakSample, number>;
  });
}
