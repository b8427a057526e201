import type { Criteria } from '../criteria/criteria.ts';
import { wantedSystems } from '../planning/wanted-systems.ts';
import type { Space } from '../space/space.ts';
import { PLANNING_PER_STOICHIOMETRY, PLANNING_PER_SYSTEM } from './cloud-figures.ts';

/** What it takes to screen a source. */
export interface SourceEffort {
  readonly planSeconds: number; // of one vCPU, to build it, about
  readonly compositions: number; // to score; criteria on amounts are asked after that
  readonly systems: number; // that they are of, at most
}

/** What it takes to plan and screen a space, where criteria exclude some of its systems. */
export function spaceEffort(space: Space, criteria?: Criteria): SourceEffort {
  const counts = wantedSystems(space, criteria);
  let [compositions, systems, planSeconds] = [0, 0, 0];
  for (const [c, cls] of space.classes.entries()) {
    compositions += counts[c] * cls.stoichiometries;
    systems += counts[c];
    planSeconds += cls.systems * PLANNING_PER_SYSTEM + cls.stoichiometries * PLANNING_PER_STOICHIOMETRY;
  }
  return { planSeconds, compositions, systems };
}
