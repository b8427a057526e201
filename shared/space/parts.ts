import type { Space, StoichiometryClass } from './space.ts';

const SYSTEMS_PER_TASK = 50_000; // seconds of work, and some hundred kilobytes to pass on

/** A space in parts of whole classes. */
export function* partsOf(space: Space): Generator<Space> {
  let from = 0;
  let systems = 0;
  for (const [c, cls] of space.classes.entries()) {
    systems += cls.systems;
    if (systems < SYSTEMS_PER_TASK && c + 1 < space.classes.length) continue;
    yield partOf(space, space.classes.slice(from, c + 1));
    [from, systems] = [c + 1, 0];
  }
}

/**
 * Some classes of a space, with a copy of their systems.
 *
 * @param classes in their order in the space
 */
export function partOf({ definition, systems, compositions }: Space, classes: readonly StoichiometryClass[]): Space {
  const rows = classes.map((cls) => systems.subarray(cls.systemsOffset, cls.systemsOffset + cls.systems * cls.arity));
  const copy = new Uint8Array(rows.reduce((sum, { length }) => sum + length, 0));
  let systemsOffset = 0;
  const moved = classes.map((cls, i) => {
    copy.set(rows[i], systemsOffset);
    systemsOffset += rows[i].length;
    return { ...cls, systemsOffset: systemsOffset - rows[i].length };
  });
  return { definition, classes: moved, systems: copy, compositions };
}

/**
 * Indices in ascending order, with the classes that they are in, a few classes at a time.
 *
 * @param most indices of one group, unless they are of one class
 */
export function* groupByClass<T>(
  space: Space,
  items: readonly T[],
  indexOf: (item: T) => number,
  most: number,
): Generator<{ readonly part: Space; readonly items: readonly T[] }> {
  let [classes, group]: [StoichiometryClass[], T[]] = [[], []];
  let c = 0;
  for (const item of items) {
    while (indexOf(item) >= endOf(space.classes[c])) c++;
    const isSame = classes.at(-1) === space.classes[c];
    if (!isSame && group.length >= most) {
      yield { part: partOf(space, classes), items: group };
      [classes, group] = [[], []];
    }
    if (classes.at(-1) !== space.classes[c]) classes.push(space.classes[c]);
    group.push(item);
  }
  if (group.length > 0) yield { part: partOf(space, classes), items: group };
}

function endOf({ offset, systems, stoichiometries }: StoichiometryClass): number {
  return offset + systems * stoichiometries;
}
