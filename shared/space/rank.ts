import { type Composition, composition, formatFormula, formatSystem } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { excludedBy, integerAmounts, systemRule, systemSplits } from './membership.ts';
import { amountsMatrix, type Space } from './space.ts';
import { stoichiometryAt, stoichiometryRank } from './stoichiometries/amounts.ts';

/**
 * The composition of an index.
 *
 * @param index 0 to `space.compositions` (exclusive)
 * @throws {InputError} if the index is outside the space
 */
export function compositionAt(space: Space, index: number): Composition {
  const { definition, classes, systems, compositions } = space;
  if (!Number.isInteger(index) || index < 0 || index >= compositions) {
    throw new InputError(
      `index ${index} is not in space ${JSON.stringify(definition.name)}`,
      {},
      `Give an integer from 0 to ${compositions - 1}.`,
    );
  }
  const { arity, splits, stoichiometries, offset, systemsOffset } = classes[classOf(space, index)];
  const system = Math.floor((index - offset) / stoichiometries);
  const v = (index - offset) % stoichiometries;
  const start = systemsOffset + system * arity;
  const amounts = stoichiometryAt(splits, definition.maxCoefficient, v);
  return composition(systems.subarray(start, start + arity), amounts);
}

const LISTED_FROM = 8; // compositions of one class: listing its amounts is then faster than finding each

/**
 * The compositions of many indices, in their order. Each as {@link compositionAt} gives it.
 *
 * @param indices each 0 to `space.compositions` (exclusive)
 */
export function compositionsAt(space: Space, indices: ArrayLike<number>): Composition[] {
  const byClass = new Map<number, number[]>(); // positions in `indices`
  for (let position = 0; position < indices.length; position++) {
    const classIndex = classOf(space, indices[position]);
    const positions = byClass.get(classIndex);
    if (positions === undefined) byClass.set(classIndex, [position]);
    else positions.push(position);
  }
  const found = new Array<Composition>(indices.length);
  for (const [classIndex, positions] of byClass) {
    const { arity, stoichiometries, offset, systemsOffset } = space.classes[classIndex];
    const isListed = positions.length >= LISTED_FROM;
    const amounts = isListed ? amountsMatrix(space.classes[classIndex], space.definition.maxCoefficient) : undefined;
    for (const position of positions) {
      const index = indices[position] - offset;
      const start = systemsOffset + Math.floor(index / stoichiometries) * arity;
      const from = (index % stoichiometries) * arity;
      found[position] =
        amounts === undefined
          ? compositionAt(space, indices[position])
          : composition(space.systems.subarray(start, start + arity), amounts.subarray(from, from + arity));
    }
  }
  return found;
}

/** The last class whose offset is not above the index. */
function classOf({ classes }: Space, index: number): number {
  let low = 0;
  let high = classes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (classes[middle].offset <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The index of a composition, of which integer multiples count as the same, or the rule that excludes it.
 */
export function findComposition(
  space: Space,
  original: Composition,
): { readonly index: number } | { readonly excludedBy: string } {
  const { definition, classes } = space;
  const sought = integerAmounts(original);
  const reason = excludedBy(definition, sought);
  if (reason !== undefined) return { excludedBy: reason };
  const place = locateSystem(space, sought.atomicNumbers);
  const { splits, stoichiometries, offset } = classes[place.classIndex];
  const amounts = place.columns.map((z) => sought.amounts[sought.atomicNumbers.indexOf(z)]);
  const v = stoichiometryRank(splits, definition.maxCoefficient, amounts);
  if (v === undefined) throw new Error(`membership and enumeration disagree on ${formatFormula(sought)}`);
  return { index: offset + place.system * stoichiometries + v };
}

/** Where a system's compositions are: the first is `classes[classIndex].offset + system · V`. */
export interface SystemPlace {
  readonly classIndex: number;
  readonly system: number; // row within the class
  readonly columns: readonly number[]; // atomic numbers in the class's column order
}

/**
 * Class and row of a system that has compositions in the space.
 *
 * @throws {InputError} if it has none
 */
export function locateSystem(space: Space, atomicNumbers: readonly number[]): SystemPlace {
  const arrangement = systemSplits(space.definition, atomicNumbers);
  if (arrangement !== undefined) {
    const { columns, splits } = arrangement;
    const classIndex = classesBySplits(space).get(JSON.stringify(splits));
    const system = classIndex === undefined ? -1 : rowOf(space, classIndex, columns);
    if (classIndex !== undefined && system >= 0) return { classIndex, system, columns };
  }
  const rule = systemRule(space.definition, atomicNumbers) ?? 'no assignment of its oxidation states is possible';
  throw new InputError(
    `system ${formatSystem(atomicNumbers)} has no composition in space ${JSON.stringify(space.definition.name)}: ${rule}`,
    {},
    'Name another system, or another space.',
  );
}

const knownClasses = new WeakMap<Space, ReadonlyMap<string, number>>(); // made once for many look-ups

function classesBySplits(space: Space): ReadonlyMap<string, number> {
  const classes = knownClasses.get(space) ?? new Map(space.classes.map(({ splits }, c) => [JSON.stringify(splits), c]));
  knownClasses.set(space, classes);
  return classes;
}

function rowOf({ classes, systems }: Space, classIndex: number, columns: readonly number[]): number {
  const { arity, systems: count, systemsOffset } = classes[classIndex];
  for (let row = 0; row < count; row++) {
    const start = systemsOffset + row * arity;
    let c = 0;
    while (c < arity && systems[start + c] === columns[c]) c++;
    if (c === arity) return row;
  }
  return -1;
}
