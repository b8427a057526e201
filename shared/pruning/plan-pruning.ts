import { createRandom, randomInteger } from '../random.ts';
import type { ClassShape } from '../screen/blocks.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { groupByClass } from '../space/parts.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';
import { inThisThread, type PlanningTask, type TaskRunner } from './planning-tasks.ts';
import type { BoundedStudent, PlannedPruning } from './pruning.ts';
import { seedThreshold } from './seed-threshold.ts';
import { LEAST_TRIED } from './system-pruner.ts';

/** Compositions that are scored in the time that the bound of a system that is tried takes; measured, see `docs/pruning.md`. */
const COMPOSITIONS_PER_BOUND = 7600;
/** Compositions whose systems are bounded to see what part is spared, at most, and for each system of a space. */
const [SAMPLED, SAMPLED_PER_SYSTEM] = [1000, 1 / 10];
/** Systems that a task bounds. */
const BOUNDED_OF_TASK = 25;

/** Far more than logits of chunks that are screened on another kind of processor can differ by, and too little to matter. */
const OTHER_PROCESSORS = 1e-3;

/**
 * Find the threshold, and by a seeded sample how much is left to do. Equal for equal spaces, students and limits.
 *
 * @param run does the parts of it; this thread alone if absent
 */
export async function planPruning(
  space: Space,
  student: BoundedStudent,
  limits: RankingLimits,
  run: TaskRunner = inThisThread(student),
): Promise<PlannedPruning> {
  const threshold = (await seedThreshold(space, limits, run)) - OTHER_PROCESSORS;
  const scored = await scoredShare(space, threshold, run);
  const workOf = boundedWork(scored);
  return {
    threshold: Number.isFinite(threshold) ? threshold : null,
    work: Math.round(space.classes.reduce((sum, cls) => sum + cls.systems * workOf(cls), 0)),
    scored,
  };
}

/** Work of a system with bounds, in compositions scored. @param scored see {@link PlannedPruning} */
export function boundedWork(scored: number): (cls: ClassShape) => number {
  return ({ stoichiometries }) =>
    stoichiometries < LEAST_TRIED || scored === 1
      ? stoichiometries
      : Math.min(COMPOSITIONS_PER_BOUND, stoichiometries) + scored * stoichiometries; // no more is spent on a proof
}

/** Share of the compositions, of systems that are tried, that bounds do not spare: by a sample, and a little above it. */
async function scoredShare(space: Space, threshold: number, run: TaskRunner): Promise<number> {
  const firsts = drawSystems(space);
  let scored = 0;
  await run(boundAll(space, firsts, threshold), ({ indices }) => {
    scored += indices.length;
  });
  return (scored + 1) / (firsts.length + 1);
}

/** First compositions, ascending, of systems that are tried, each drawn by the number of its compositions. */
function drawSystems({ classes, compositions }: Space): number[] {
  const random = createRandom(1);
  const systems = classes.reduce((sum, cls) => sum + cls.systems, 0);
  const count = Math.min(SAMPLED, Math.ceil(systems * SAMPLED_PER_SYSTEM));
  const firsts: number[] = [];
  for (let i = 0; i < count; i++) {
    const index = randomInteger(random, compositions);
    const { offset, stoichiometries } = classes.findLast((cls) => cls.offset <= index) as StoichiometryClass;
    if (stoichiometries >= LEAST_TRIED) firsts.push(index - ((index - offset) % stoichiometries));
  }
  return firsts.sort((a, b) => a - b);
}

function* boundAll(space: Space, firsts: readonly number[], threshold: number): Generator<PlanningTask> {
  for (const { part, items } of groupByClass(space, firsts, (first) => first, BOUNDED_OF_TASK))
    yield { step: 'bound', part, firsts: Float64Array.from(items), threshold };
}
