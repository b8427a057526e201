import type { Space } from '../space/space.ts';
import { COMPOSITIONS_PER_VCPU_SECOND, PLANNING_PER_STOICHIOMETRY, PLANNING_PER_SYSTEM } from './cloud-figures.ts';

/** What it takes to screen a source. */
export interface SourceEffort {
  readonly planSeconds: number; // of one vCPU, to build it, about
  readonly compositions: number; // to score; criteria on amounts are asked after that
  readonly systems: number; // that they are of, at most
  readonly rate: number; // compositions that one vCPU screens in a second, about
}

/**
 * What it takes to plan and screen a space.
 *
 * @param wanted systems of each class that no criterion excludes
 */
export function spaceEffort({ classes }: Space, wanted: Float64Array): SourceEffort {
  let [compositions, systems, planSeconds] = [0, 0, 0];
  for (const [c, cls] of classes.entries()) {
    compositions += wanted[c] * cls.stoichiometries;
    systems += wanted[c];
    planSeconds += cls.systems * PLANNING_PER_SYSTEM + cls.stoichiometries * PLANNING_PER_STOICHIOMETRY;
  }
  return { planSeconds, compositions, systems, rate: COMPOSITIONS_PER_VCPU_SECOND };
}
