import { formatFormula } from '../chemistry/formula.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { EncodedPruning } from '../pruning/pruning.ts';
import { thresholdOf } from '../pruning/pruning.ts';
import { LEAST_TRIED, SystemPruner } from '../pruning/system-pruner.ts';
import { createRandom, randomInteger } from '../random.ts';
import { compositionAt } from '../space/rank.ts';
import type { Space } from '../space/space.ts';
import type { Rescore } from './verify-sample.ts';

/** What a sample of the systems that bounds are asked of showed. */
export interface BoundsOutcome {
  readonly systems: number; // looked at
  readonly spared: number; // of these: bounded away
  readonly compositions: number; // of the spared ones, scored
  readonly problems: readonly string[];
}

const SCORED_PER_SYSTEM = 500; // of systems that are spared

/**
 * Bound a seeded sample of systems again, and score compositions of those that are spared: none reaches the threshold.
 *
 * @param count of systems, each drawn by the number of its compositions
 */
export async function checkBounds(
  space: Space,
  student: StudentSession,
  { encoder, pruning }: EncodedPruning,
  { count, seed, rescore }: { readonly count: number; readonly seed: number; readonly rescore: Rescore },
): Promise<BoundsOutcome> {
  const random = createRandom(seed);
  const threshold = thresholdOf(pruning);
  const pruner = new SystemPruner(space, student, encoder, threshold);
  const systems = drawSystems(space, count, () => randomInteger(random, space.compositions));
  let [spared, compositions] = [0, 0];
  const problems: string[] = [];
  for (const { classNumber, system } of systems) {
    const block = { classNumber, firstSystem: system, systems: 1 };
    if (!(await pruner.sparesBlock(block, Uint32Array.of(0)))) continue;
    spared++;
    const { offset, stoichiometries } = space.classes[classNumber];
    for (let i = 0; i < Math.min(SCORED_PER_SYSTEM, stoichiometries); i++, compositions++) {
      const composition = compositionAt(
        space,
        offset + system * stoichiometries + randomInteger(random, stoichiometries),
      );
      const logit = rescore(composition);
      if (logit >= threshold)
        problems.push(
          `${formatFormula(composition)} is bounded away below ${threshold}, and its logit anew is ${logit}`,
        );
    }
  }
  return { systems: systems.length, spared, compositions, problems };
}

interface DrawnSystem {
  readonly classNumber: number;
  readonly system: number; // within the class
}

/** Systems of classes that bounds are asked of, ordered by class, whose polytopes are made once. */
function drawSystems({ classes }: Space, count: number, drawIndex: () => number): DrawnSystem[] {
  const drawn: DrawnSystem[] = [];
  for (let i = 0; i < count; i++) {
    const index = drawIndex();
    const classNumber = classes.findLastIndex(({ offset }) => offset <= index);
    const { offset, stoichiometries } = classes[classNumber];
    if (stoichiometries >= LEAST_TRIED)
      drawn.push({ classNumber, system: Math.floor((index - offset) / stoichiometries) });
  }
  return drawn.sort((a, b) => a.classNumber - b.classNumber || a.system - b.system);
}
