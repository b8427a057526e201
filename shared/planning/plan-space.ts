import { cloudWork } from '../cost/cloud-simulation.ts';
import { spaceEffort } from '../cost/effort.ts';
import { boundedWork, planPruning } from '../pruning/plan-pruning.ts';
import type { Pruning } from '../pruning/pruning.ts';
import { samplePruning } from '../pruning/sample-pruning.ts';
import { type ClassShape, cutIntoChunks } from '../screen/blocks.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { cutLimits } from '../screen/run-options.ts';
import { checkStudent } from '../sources/check-student.ts';
import { spaceIdentity, spaceSource } from '../sources/space-source.ts';
import { buildSpace, type Space } from '../space/space.ts';
import type { SpaceDefinition } from '../space/space-file.ts';
import type { BoundsRequest, PlanningRequest, PreparedSource, SourcePlan } from './prepared-source.ts';
import { wantedSystems, workBy } from './wanted-systems.ts';

/** @param file of the space, for messages */
export function prepareSpace(definition: SpaceDefinition, file: string): PreparedSource {
  return {
    identity: spaceIdentity(definition),
    checkStudent: (student) => checkStudent(student, definition, file),
    plan: async (request) => {
      const space = buildSpace(definition, file);
      return { source: spaceSource(space), ...(await planSpace(space, request)) };
    },
  };
}

/** Plan a space: its work, what bounds spare, and its chunks. Equal for equal arguments. */
export async function planSpace(space: Space, { options, bounds, chunkCount }: PlanningRequest): Promise<SourcePlan> {
  const { criteria } = options;
  const wanted = wantedSystems(space, criteria);
  const found = bounds && (await findBounds(space, bounds, cutLimits(options)));
  const work = cloudWork(spaceEffort(space, wanted), options, found?.pruning);
  const workOf = found?.workOf ?? (criteria && workBy(space, wanted));
  return { work, pruning: found?.pruning, ranges: cutIntoChunks(space.classes, chunkCount(work), workOf) };
}

interface FoundBounds {
  readonly pruning: Pruning;
  readonly workOf?: (cls: ClassShape) => number; // of a system; a sample does not tell it
}

async function findBounds(
  space: Space,
  { student, encoder, run, sampled }: BoundsRequest,
  limits: RankingLimits,
): Promise<FoundBounds> {
  if (sampled) return { pruning: await samplePruning(space, { student, encoder }, limits) };
  const { scored, ...pruning } = await planPruning(space, { student, encoder }, limits, run);
  return { pruning, workOf: boundedWork(scored) };
}
