import type { RankingLimits } from '../screen/ranking-limits.ts';
import { Screener } from '../screen/space-screener.ts';
import { type RankedEntries, TopK } from '../screen/top-k.ts';
import type { Space } from '../space/space.ts';
import { bestSystems, FEW_POINTS, MANY_POINTS } from './promising-systems.ts';
import type { BoundedStudent } from './pruning.ts';
import { SystemPruner } from './system-pruner.ts';

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
