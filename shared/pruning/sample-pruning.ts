import { createRandom, type Random } from '../random.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';
import { planPruning } from './plan-pruning.ts';
import type { BoundedStudent, Pruning } from './pruning.ts';

const SAMPLED_SYSTEMS = 50_000; // seconds of one core

/**
 * What `planPruning` finds, about, by a seeded sample of the systems: of a share of them as large a share of the ranking is
 * asked for, so that the threshold is about that of all.
 *
 * @param sampled systems that are looked at, about
 */
export async function samplePruning(
  space: Space,
  student: BoundedStudent,
  { top, ...limits }: RankingLimits,
  sampled = SAMPLED_SYSTEMS,
): Promise<Pruning> {
  const systems = space.classes.reduce((sum, cls) => sum + cls.systems, 0);
  const share = Math.min(1, sampled / systems);
  const sample = sampleSystems(space, share, createRandom(1));
  const { threshold, work } = await planPruning(sample, student, { ...limits, top: Math.ceil(share * top) });
  return { threshold, work: Math.round((work / sample.compositions) * space.compositions) };
}

/** A space of as large a share of the systems of every class as chance allows, spread evenly over it. */
function sampleSystems({ definition, classes, systems }: Space, share: number, random: Random): Space {
  const kept: StoichiometryClass[] = [];
  const rows: Uint8Array[] = [];
  let [compositions, systemsOffset] = [0, 0];
  for (const cls of classes) {
    const count = Math.min(cls.systems, Math.floor(share * cls.systems + random()));
    if (count === 0) continue;
    kept.push({ ...cls, systems: count, offset: compositions, systemsOffset });
    for (let i = 0; i < count; i++) {
      const system = Math.floor(((i + random()) * cls.systems) / count);
      const start = cls.systemsOffset + system * cls.arity;
      rows.push(systems.subarray(start, start + cls.arity));
    }
    compositions += count * cls.stoichiometries;
    systemsOffset += count * cls.arity;
  }
  return { definition, classes: kept, systems: Buffer.concat(rows), compositions };
}
