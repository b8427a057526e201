import { SYMBOLS } from '../chemistry/elements.ts';
import { DescriptorUndefinedError } from '../errors.ts';
import type { StructureResult } from '../structure/formats/read-structures.ts';
import type { Structure } from '../structure/structure.ts';
import { type Substitution, substituteElement } from '../structure/substitute.ts';
import { anionOf, structureFeatures } from '../teacher/features.ts';
import { type Teacher, teacherFeatures, teacherIon, teacherProbability } from '../teacher/teacher.ts';
import type { StructureLabel } from './label.ts';
import { structureFormula } from './structure-formula.ts';

/** A structure without a label, and why. */
export interface SkippedStructure {
  readonly id: string;
  readonly reason: string; // groups structures in reports, such as `no Li`
  readonly detail: string; // what exactly is wrong; the reason itself where that says it all
}

/** The reason of a structure that cannot be read; all others have one that is whole but has no score. */
export const UNUSABLE = 'not a usable structure';

/** The reason of a structure whose id another one had before. */
export const DOUBLED = 'the id was labelled before';

/** The outcome for one structure of the input. */
export type LabelResult = { readonly label: StructureLabel } | { readonly skipped: SkippedStructure };

/**
 * The teacher's verdict on one structure.
 *
 * @throws {DescriptorUndefinedError} with the reason if a feature is undefined
 */
export function labelStructure(structure: Structure, teacher: Teacher): StructureLabel {
  const ion = teacherIon(teacher);
  const features = structureFeatures(structure, ion, teacherFeatures(teacher));
  return {
    id: structure.id,
    formula: structureFormula(structure),
    anion: SYMBOLS[anionOf(structure, ion)],
    features,
    probability: teacherProbability(teacher, features),
  };
}

/**
 * Label a stream of structures in its order. Every structure comes out, as a label or with the reason why it has none.
 *
 * @param substitution made in every structure before it is labelled
 */
export async function* labelStructures(
  structures: AsyncIterable<StructureResult>,
  teacher: Teacher,
  substitution?: Substitution,
): AsyncGenerator<LabelResult> {
  const seen = new Set<string>();
  for await (const result of structures) {
    if ('error' in result) {
      yield skip(result.id, UNUSABLE, result.error.message);
    } else if (seen.has(result.structure.id)) {
      yield skip(result.structure.id, DOUBLED);
    } else {
      seen.add(result.structure.id);
      yield attempt(result.structure, teacher, substitution);
    }
  }
}

function attempt(structure: Structure, teacher: Teacher, substitution: Substitution | undefined): LabelResult {
  try {
    const labelled = substitution === undefined ? structure : substituteElement(structure, substitution);
    return { label: labelStructure(labelled, teacher) };
  } catch (error) {
    if (error instanceof DescriptorUndefinedError) return skip(structure.id, error.reason);
    throw error;
  }
}

function skip(id: string, reason: string, detail = reason): LabelResult {
  return { skipped: { id, reason, detail } };
}

/** How many structures were skipped for each reason, the most frequent first. */
export function countReasons(skipped: readonly SkippedStructure[]): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
