import { systemsPerBlock } from '../screen/blocks.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { type RankedEntries, TopK } from '../screen/top-k.ts';
import { groupByClass, partOf, partsOf } from '../space/parts.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';
import type { BlockRange, PlanningTask, TaskRunner } from './planning-tasks.ts';

/** Systems that are tried at many points, and systems that are screened, for each that the ranking needs. */
const [TRIED, SCREENED] = [48, 3];
/** Compositions that the search scores: a part of the space within these limits, or those of the systems needed. */
const SCORED_PART = 1 / 10;
const [LEAST_SCORED, MOST_SCORED] = [1e6, 5e8];
/** Systems and blocks of a task. */
const [SYSTEMS_OF_TASK, BLOCKS_OF_TASK] = [500, 20];

/**
 * A logit that at least `top` compositions of the ranking reach, so that nothing below it is ranked; -Infinity if none
 * was found. Every system is tried at a few points of its fractions, neutral on the whole, the best ones at many, and those
 * that look best then are screened. Equal for equal spaces, students and limits, whoever does the tasks.
 */
export async function seedThreshold(space: Space, limits: RankingLimits, run: TaskRunner): Promise<number> {
  const needed = Math.ceil(limits.top / limits.perSystem);
  const few = await gather(run, TRIED * needed, tryAll(space, limits, TRIED * needed));
  const many = await gather(run, few.indices.length, tryMany(space, limits, few.indices));
  const blocks = chooseBlocks(space, many.indices, needed);
  const best = new TopK(limits.top);
  await run(screenAll(space, limits, blocks), (result) => best.add(result));
  return best.floor;
}

async function gather(run: TaskRunner, keep: number, tasks: Iterable<PlanningTask>): Promise<RankedEntries> {
  const systems = new TopK(keep);
  await run(tasks, (result) => systems.add(result));
  return systems.ranked();
}

function* tryAll(space: Space, limits: RankingLimits, keep: number): Generator<PlanningTask> {
  for (const part of partsOf(space)) yield { step: 'try few', part, limits, keep };
}

function* tryMany(space: Space, limits: RankingLimits, firsts: Float64Array): Generator<PlanningTask> {
  const ascending = [...firsts].sort((a, b) => a - b);
  for (const { part, items } of groupByClass(space, ascending, (first) => first, SYSTEMS_OF_TASK))
    yield { step: 'try many', part: onlySystems(part, items), limits, keep: items.length };
}

/** Each system as a class of its own. */
function onlySystems(part: Space, firsts: readonly number[]): Space {
  const classes = firsts.map((first): StoichiometryClass => {
    const cls = part.classes.findLast(({ offset }) => offset <= first) as StoichiometryClass;
    const system = (first - cls.offset) / cls.stoichiometries;
    return { ...cls, systems: 1, offset: first, systemsOffset: cls.systemsOffset + system * cls.arity };
  });
  return partOf(part, classes);
}

function* screenAll(space: Space, limits: RankingLimits, all: readonly BlockRange[]): Generator<PlanningTask> {
  for (const { part, items: blocks } of groupByClass(space, all, ({ start }) => start, BLOCKS_OF_TASK))
    yield { step: 'screen', part, limits, blocks };
}

/** Blocks of these systems in index order, as many of the first ones as may be scored. */
function chooseBlocks({ classes, compositions }: Space, firsts: Float64Array, needed: number): BlockRange[] {
  let left = Math.min(MOST_SCORED, Math.max(LEAST_SCORED, compositions * SCORED_PART));
  const blocks = new Map<number, number>(); // start to end
  for (const first of firsts) {
    if (blocks.size > SCREENED * needed) break;
    const cls = classes.findLast(({ offset }) => offset <= first) as StoichiometryClass;
    const size = systemsPerBlock(cls) * cls.stoichiometries;
    const start = first - ((first - cls.offset) % size);
    const end = Math.min(start + size, cls.offset + cls.systems * cls.stoichiometries);
    if (blocks.has(start) || (end - start > left && blocks.size > 2 * needed)) continue;
    left -= end - start;
    blocks.set(start, end);
  }
  return [...blocks].sort(([a], [b]) => a - b).map(([start, end]) => ({ start, end }));
}
