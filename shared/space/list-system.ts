import { composition, formatFormula } from '../chemistry/formula.ts';
import { locateSystem } from './rank.ts';
import { amountsMatrix, type Space } from './space.ts';

/** A composition of a space by its number. */
export interface SpaceEntry {
  readonly index: number;
  readonly formula: string;
}

/**
 * Every composition of one system, in the order of their indices.
 *
 * @param atomicNumbers elements of the system, in any order
 * @throws {InputError} if it has none in the space, with the rule that excludes it
 */
export function listSystem(space: Space, atomicNumbers: readonly number[]): SpaceEntry[] {
  const { classIndex, system, columns } = locateSystem(space, atomicNumbers);
  const stoichiometryClass = space.classes[classIndex];
  const { arity, stoichiometries, offset } = stoichiometryClass;
  const amounts = amountsMatrix(stoichiometryClass, space.definition.maxCoefficient);
  const first = offset + system * stoichiometries;
  return Array.from({ length: stoichiometries }, (_, v) => ({
    index: first + v,
    formula: formatFormula(composition(columns, amounts.subarray(v * arity, (v + 1) * arity))),
  }));
}
