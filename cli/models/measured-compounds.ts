import { basename } from 'node:path';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { DescriptorUndefinedError, InputError } from '../../shared/errors.ts';
import { readTableText } from '../../shared/io/tables/table-file.ts';
import { parseConductivities, type StructureMeasurement } from '../../shared/labels/conductivities.ts';
import type { FeatureName } from '../../shared/teacher/feature-names.ts';
import { type FeatureValues, structureFeatures } from '../../shared/teacher/features.ts';
import type { FitOptions, MeasuredCompound } from '../../shared/teacher/fit-teacher.ts';
import { noteSheet } from '../terminal/note-sheet.ts';
import { note } from '../terminal/terminal.ts';
import { shownStructures } from './shown-structures.ts';

/** What says which compounds a teacher is fitted on, and how. */
export interface MeasuredOptions {
  readonly structures: readonly string[];
  readonly fallbackStructures: readonly string[];
  readonly conductivities: string;
  readonly ion: string; // symbol
  readonly threshold: number; // S/cm
  readonly penalty: number;
}

/** Measured compounds that have a usable structure, and how many have none. */
export interface MeasuredCompounds {
  readonly compounds: readonly MeasuredCompound[];
  readonly without: number;
}

/** Read compounds with their features; says on stderr which structures have none. */
export async function readCompounds(
  options: MeasuredOptions,
  features: readonly FeatureName[],
): Promise<MeasuredCompounds> {
  const { conductivities, threshold } = options;
  const measurements = parseConductivities(
    await readTableText(conductivities, { onSheet: noteSheet(conductivities) }),
    conductivities,
    threshold,
    note,
  );
  const wanted = new Set(measurements.flatMap(({ structureIds }) => structureIds));
  const read = (paths: readonly string[]) => readFeatures(paths, wanted, atomicNumber(options.ion) as number, features);
  const sources = [await read(options.structures), await read(options.fallbackStructures)];
  const compounds = measurements.flatMap((measurement) => measuredCompound(measurement, sources));
  if (compounds.length === 0)
    throw new InputError(
      'no compound has a structure',
      { file: conductivities },
      'Its ids must be those of the structures: the id in OPTIMADE, the file name without extension for CIF and POSCAR.',
    );
  return { compounds, without: measurements.length - compounds.length };
}

/** What a teacher file says of how it was made, but for the features. */
export function fitSettings(options: MeasuredOptions, name: string): Omit<FitOptions, 'features' | 'choice'> {
  return {
    name,
    source: `fitted on ${basename(options.conductivities)}`,
    mobileIon: options.ion,
    conductivityThreshold: options.threshold,
    penalty: options.penalty,
  };
}

/** Features of the structures that are asked for, by id; says on stderr which of them have none. */
async function readFeatures(
  paths: readonly string[],
  wanted: ReadonlySet<string>,
  mobileIon: number,
  names: readonly FeatureName[],
): Promise<ReadonlyMap<string, FeatureValues>> {
  const features = new Map<string, FeatureValues>();
  for await (const result of shownStructures(paths)) {
    const id = 'error' in result ? result.id : result.structure.id;
    if (!wanted.has(id)) continue;
    try {
      if ('error' in result) throw result.error;
      features.set(id, structureFeatures(result.structure, mobileIon, names));
    } catch (error) {
      if (!(error instanceof InputError || error instanceof DescriptorUndefinedError)) throw error;
      note(`skipped: ${error.message}`);
    }
  }
  return features;
}

/** The compound with its structures from the first source that has any; none if no source has. */
function measuredCompound(
  { structureIds, conductor }: StructureMeasurement,
  sources: readonly ReadonlyMap<string, FeatureValues>[],
): MeasuredCompound[] {
  const features = sources.map((source) => structureIds.flatMap((id) => source.get(id) ?? []));
  const first = features.find(({ length }) => length > 0);
  return first === undefined ? [] : [{ features: first, conductor }];
}
