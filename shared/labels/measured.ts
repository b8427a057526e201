import { atomicNumber } from '../chemistry/elements.ts';
import type { Composition } from '../chemistry/formula.ts';
import { readMeasuredRows } from './measured-rows.ts';
import { mergeMeasurements, parseMeasurements } from './measurements.ts';

const BOUNDS = { exact: undefined, upper: '<', lower: '>' } as const;

/**
 * Measurements as evidence: one entry a composition.
 *
 * @param bytes CSV text, as `parseMeasurements` reads it
 * @param file for messages
 * @param mobileIon symbol of the element that every composition has
 * @throws {InputError} naming line and column of what is not usable
 */
export function readMeasured(bytes: Uint8Array, file: string, mobileIon: string): MeasuredNeighbor[] {
  const text = Buffer.from(bytes).toString();
  const any = { mobileIon: atomicNumber(mobileIon) as number, knows: () => true };
  const measurements = parseMeasurements(text, file, any);
  return mergeMeasurements(measurements, file).map(({ composition, log10, bound }) => ({
    composition,
    logConductivity: log10,
    ...(BOUNDS[bound] === undefined ? {} : { bound: BOUNDS[bound] }),
  }));
}

/** What a user should know of how a file is read by {@link readMeasured}. */
export function measuredNotes(bytes: Uint8Array, file: string): readonly string[] {
  return readMeasuredRows(Buffer.from(bytes).toString(), file, () => undefined).notes;
}

/** What was measured of one composition. */
export interface MeasuredNeighbor {
  readonly composition: Composition;
  readonly logConductivity: number; // log10 of S/cm at room temperature, or of the bound
  readonly bound?: '<' | '>'; // the value is a bound: the conductivity is below or above it
}
