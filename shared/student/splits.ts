import { type Composition, formatFormula, formatSystem } from '../chemistry/formula.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { createRandom, shuffle } from '../random.ts';
import type { DistillOptions } from './distill-options.ts';

/**
 * Folds for cross-validation in which no group is on both sides of a split.
 *
 * @param groups group of each item, such as its chemical system
 * @param folds number of folds, at most the number of groups
 * @returns fold of each item, 0 to folds − 1; groups are dealt out in a seeded random order, so folds have equally many
 */
export function groupedFolds(groups: readonly string[], folds: number, seed: number): Int32Array {
  const distinct = shuffle([...new Set(groups)].sort(), createRandom(seed));
  if (distinct.length < folds) throw new RangeError(`${distinct.length} groups do not fill ${folds} folds`);
  const foldOfGroup = new Map(distinct.map((group, i) => [group, i % folds]));
  return Int32Array.from(groups, (group) => foldOfGroup.get(group) as number);
}

/** Fold of each label; no chemical system is in two folds. */
export function systemFolds(labels: readonly FormulaLabel[], { folds, seed }: DistillOptions): Int32Array {
  return groupedFolds(
    labels.map(({ composition }) => formatSystem(composition.atomicNumbers)),
    folds,
    seed,
  );
}

/** What is learned from and what is held out. */
export interface FoldSplit<T extends { readonly composition: Composition } = { readonly composition: Composition }> {
  readonly learned: readonly T[];
  readonly heldOut: readonly T[];
}

/**
 * The items of a fold, and all others.
 *
 * @param folds fold of each item
 * @throws {RangeError} as {@link checkApart}
 */
export function splitFold<T extends { readonly composition: Composition }>(
  items: readonly T[],
  folds: ArrayLike<number>,
  fold: number,
): FoldSplit<T> {
  const split = {
    learned: items.filter((_, i) => folds[i] !== fold),
    heldOut: items.filter((_, i) => folds[i] === fold),
  };
  checkApart(split);
  return split;
}

/** Throws if a chemical system, and so perhaps a formula, is on both sides of a split: figures would be too good. */
export function checkApart({ learned, heldOut }: FoldSplit): void {
  const systemOf = ({ composition }: { readonly composition: Composition }) => formatSystem(composition.atomicNumbers);
  const seen = new Set(learned.map(systemOf));
  const leaked = heldOut.find((item) => seen.has(systemOf(item)));
  if (leaked !== undefined)
    throw new RangeError(`${formatFormula(leaked.composition)} is held out, but its system ${systemOf(leaked)} is not`);
}
