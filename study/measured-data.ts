import { type Composition, formatFormula, formatSystem, parseFormula } from '../shared/chemistry/formula.ts';
import { formatMeasurements, parseObelix } from '../shared/import/obelix.ts';
import { parseCsv } from '../shared/io/tables/csv.ts';
import { parseConductivities } from '../shared/labels/conductivities.ts';
import { type LearnableCompositions, mergeMeasurements, parseMeasurements } from '../shared/labels/measurements.ts';
import { describe } from '../shared/student/descriptors.ts';
import type { ElementFeatures } from '../shared/student/element-features.ts';
import { PUBLISHED_FEATURES } from '../shared/teacher/feature-names.ts';
import { featureRows } from '../shared/teacher/fit-teacher.ts';
import type { KnownFeatures } from '../shared/teacher/teacher.ts';
import type { DescribedCompound } from './small-data.ts';
import type { FamilyMember } from './transfer.ts';

/** Text of a table with its name for messages. */
export interface Table {
  readonly file: string;
  readonly text: string;
}

/** OBELiX's table as a plain one of the columns id,formula,conductivity_S_per_cm,family,doi. */
export function measuredTable({ file, text }: Table): Table {
  return { file, text: formatMeasurements(parseObelix(text, file).measurements) };
}

/**
 * Compounds with both of their descriptions, for those that have a structure.
 *
 * @param table CSV with formula, conductivity and structure ids
 * @param sources features by structure id; a compound's structures come from the first source that has any
 * @param threshold conductivity of a conductor, S/cm
 * @returns without = compounds that have no usable structure
 */
export function describeCompounds(
  { text, file }: Table,
  sources: readonly ReadonlyMap<string, KnownFeatures>[],
  elements: ElementFeatures,
  mobileIon: number,
  threshold: number,
): { readonly compounds: readonly DescribedCompound[]; readonly without: number } {
  const { rows } = parseCsv(text, file, ['formula']);
  const measured = parseConductivities(text, file, threshold);
  const compounds = measured.flatMap(({ structureIds, conductor }, i): DescribedCompound[] => {
    const found = sources.map((source) => structureIds.flatMap((id) => source.get(id) ?? []));
    const features = found.find(({ length }) => length > 0);
    if (features === undefined) return [];
    const composition = parseFormula(rows[i].required('formula'), rows[i].place('formula'));
    const [structural] = featureRows([{ features, conductor }], PUBLISHED_FEATURES);
    return [{ ...identity(composition), conductor, structural, generic: describe(elements, [composition], mobileIon) }];
  });
  return { compounds, without: measured.length - compounds.length };
}

function identity(composition: Composition): { composition: Composition; system: string } {
  return { composition, system: formatSystem(composition.atomicNumbers) };
}

/**
 * Measurements of several tables, merged by composition, each with the family that the first table has for it.
 *
 * @param learnable which compositions a student can score
 */
export function mergeTables(tables: readonly Table[], learnable: LearnableCompositions): FamilyMember[] {
  const families = new Map<string, string>();
  const measurements = tables.flatMap(({ file, text }) => {
    const { columns } = parseCsv(text, file, ['formula']);
    const parsed = parseMeasurements(text, file, learnable, { conductivity: conductivityColumn(columns) });
    parsed.forEach(({ composition, row }) => {
      const formula = formatFormula(composition);
      if (!families.has(formula) && columns.includes('family')) families.set(formula, row.text('family'));
    });
    return parsed;
  });
  return mergeMeasurements(measurements, tables.map(({ file }) => file).join(', ')).map((one) => ({
    ...one,
    family: families.get(one.formula) ?? '',
  }));
}

/** The first column in S/cm: others may hold ranges of the same measurements. */
function conductivityColumn(columns: readonly string[]): string | undefined {
  return columns.find((name) => name.endsWith('_S_per_cm'));
}
