import { atomicNumber } from '../chemistry/elements.ts';
import { type Composition, formatFormula, parseFormula, reduced } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import type { FormulaLabel, StructureLabel } from './label.ts';

/**
 * Anions of ionic crystals. Structures with another most electronegative element are mostly intermetallic: electronic
 * conductors, outside the teacher's domain.
 */
export const IONIC_ANIONS: readonly string[] = ['N', 'O', 'F', 'S', 'Cl', 'Se', 'Br', 'Te', 'I'];

const IONIC = new Set(IONIC_ANIONS.map(atomicNumber));

/** Whether the anion (atomic number of the most electronegative element) is that of an ionic crystal, the teacher's domain. */
export function isIonic({ anion }: Pick<FormulaLabel, 'anion'>): boolean {
  return IONIC.has(anion);
}

/** How the probabilities of a formula's structures become one. */
export const MERGES = {
  mean: (probabilities: readonly number[]): number =>
    probabilities.reduce((sum, probability) => sum + probability, 0) / probabilities.length,
  maximum: (probabilities: readonly number[]): number => probabilities.reduce((a, b) => Math.max(a, b)),
  minimum: (probabilities: readonly number[]): number => probabilities.reduce((a, b) => Math.min(a, b)),
} as const;
export type Merge = keyof typeof MERGES;

/**
 * One label per reduced formula: the mean probability of its structures, if not told otherwise. Sorted by formula, by code unit.
 *
 * @throws {InputError} if two structures of one formula disagree on the anion
 */
export function mergePolymorphs(labels: readonly StructureLabel[], merge: Merge = 'mean'): FormulaLabel[] {
  const groups = new Map<string, { composition: Composition; members: StructureLabel[] }>();
  for (const label of labels) {
    const composition = reduced(parseFormula(label.formula));
    const formula = formatFormula(composition);
    const group = groups.get(formula);
    if (group === undefined) groups.set(formula, { composition, members: [label] });
    else group.members.push(label);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([formula, { composition, members }]) => ({
      formula,
      composition,
      anion: commonAnion(formula, members),
      probability: MERGES[merge](members.map(({ probability }) => probability)),
      structures: members.length,
    }));
}

function commonAnion(formula: string, [first, ...others]: readonly StructureLabel[]): number {
  const other = others.find(({ anion }) => anion !== first.anion);
  if (other !== undefined)
    throw new InputError(
      `${first.id} and ${other.id} of formula ${formula} have the anions ${first.anion} and ${other.anion}`,
      {},
      'The anion is the most electronegative element: make the labels again with `label`.',
    );
  return atomicNumber(first.anion) as number;
}
