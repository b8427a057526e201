import type { Space, StoichiometryClass } from '../space/space.ts';
import { bestSystems, FEW_POINTS, MANY_POINTS } from './promising-systems.ts';
import type { BoundedStudent } from './pruning.ts';
import type { RankingLimits } from './ranking-limits.ts';
import { Screener } from './screen-chunk.ts';
import { SystemPruner } from './system-pruner.ts';
import { type RankedEntries, TopK } from './top-k.ts';

/** A part of the planning of a run with bounds; plain data, so that other threads can do it. Indices are of the whole space. */
export type PlanningTask =
  /** Systems that look best at a few points of all of a part, or at many. */
  | {
      readonly step: 'try few' | 'try many';
      readonly part: Space;
      readonly limits: RankingLimits;
      readonly keep: number;
    }
  /** The best compositions of some blocks. */
  | {
      readonly step: 'screen';
      readonly part: Space;
      readonly limits: RankingLimits;
      readonly blocks: readonly BlockRange[];
    }
  /** Systems, by their first compositions, of which it cannot be proved that they stay below a threshold. */
  | { readonly step: 'bound'; readonly part: Space; readonly firsts: Float64Array; readonly threshold: number };

/** A block of systems as the indices of its compositions. */
export interface BlockRange {
  readonly start: number; // inclusive
  readonly end: number; // exclusive
}

/** Has tasks done, in any order, and tells what each of them gives. */
export type TaskRunner = (tasks: Iterable<PlanningTask>, onResult: (result: RankedEntries) => void) => Promise<void>;

/** Does one task after the other. */
export function inThisThread(student: BoundedStudent): TaskRunner {
  return async (tasks, onResult) => {
    for (const task of tasks) onResult(await doTask(task, student));
  };
}

/** What a task gives: systems are named by the indices of their first compositions. */
export async function doTask(task: PlanningTask, bounded: BoundedStudent): Promise<RankedEntries> {
  switch (task.step) {
    case 'try few':
      return bestSystems(task.part, bounded.student, task.limits, FEW_POINTS, task.keep);
    case 'try many':
      return bestSystems(task.part, bounded.student, task.limits, MANY_POINTS, task.keep);
    case 'screen':
      return screenBlocks(task.part, bounded, task.limits, task.blocks);
    case 'bound':
      return unproved(task.part, bounded, task.firsts, task.threshold);
  }
}

async function screenBlocks(
  part: Space,
  { student }: BoundedStudent,
  limits: RankingLimits,
  blocks: readonly BlockRange[],
): Promise<RankedEntries> {
  const screener = new Screener(part, student, limits);
  const best = new TopK(limits.top);
  for (const { start, end } of blocks)
    best.add((await screener.screen({ chunk: 0, start, end }, '', () => undefined)).best);
  return best.ranked();
}

async function unproved(
  part: Space,
  { student, encoder }: BoundedStudent,
  firsts: Float64Array,
  threshold: number,
): Promise<RankedEntries> {
  const pruner = new SystemPruner(part, student, encoder, threshold);
  const indices: number[] = [];
  for (const first of firsts) {
    const classNumber = part.classes.findLastIndex(({ offset }) => offset <= first);
    const { offset, stoichiometries } = part.classes[classNumber];
    const block = { classNumber, firstSystem: (first - offset) / stoichiometries, systems: 1 };
    if (!(await pruner.sparesBlock(block, Uint32Array.of(0)))) indices.push(first);
  }
  return { indices: Float64Array.from(indices), logits: new Float32Array(indices.length) };
}

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
