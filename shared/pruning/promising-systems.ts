import { CriteriaFilter } from '../criteria/criteria-filter.ts';
import type { StudentSession } from '../models/student-session.ts';
import { tableRows } from '../models/student-session.ts';
import { createRandom } from '../random.ts';
import { BATCH_ROWS } from '../screen/blocks.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import { type RankedEntries, TopK } from '../screen/top-k.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';
import { type FractionPolytope, neutralFractions } from './neutral-fractions.ts';

/** Points of a polytope, shape (points, k) row-major, to see how high the logits of its systems may be. */
type TrialPoints = (polytope: FractionPolytope) => number[];

/** The middle of a polytope, and the points halfway to its corners. */
export const FEW_POINTS: TrialPoints = ({ arity, vertices }) => {
  const middle = middleOf(vertices, arity);
  return [...middle, ...vertices.map((fraction, i) => (fraction + middle[i % arity]) / 2)];
};

const DRAWN = 256;

/** Those, and points drawn with a seed, most of them near to few of the corners. */
export const MANY_POINTS: TrialPoints = (polytope) => {
  const { arity, vertices } = polytope;
  const points = FEW_POINTS(polytope);
  const random = createRandom(1);
  const count = vertices.length / arity;
  const weights = new Float64Array(count);
  for (let drawn = 0; drawn < DRAWN; drawn++) {
    let total = 0;
    for (let v = 0; v < count; v++) {
      weights[v] = (-Math.log(1 - random())) ** 2;
      total += weights[v];
    }
    for (let e = 0; e < arity; e++) {
      let fraction = 0;
      for (let v = 0; v < count; v++) fraction += (weights[v] / total) * vertices[v * arity + e];
      points.push(fraction);
    }
  }
  return points;
};

function middleOf(vertices: Float64Array, arity: number): number[] {
  const middle = new Array<number>(arity).fill(0);
  for (let i = 0; i < vertices.length; i++) middle[i % arity] += (vertices[i] * arity) / vertices.length;
  return middle;
}

/**
 * The systems with the highest logits at trial points, best first, by the indices of their first compositions. Those that
 * criteria exclude are left out.
 *
 * @param keep systems, at most
 */
export async function bestSystems(
  space: Space,
  student: StudentSession,
  { criteria }: RankingLimits,
  trialPoints: TrialPoints,
  keep: number,
): Promise<RankedEntries> {
  const best = new TopK(keep);
  const filter = criteria && new CriteriaFilter(criteria);
  let splits: StoichiometryClass['splits'] | undefined;
  let points = new Float32Array(0) as Float32Array;
  for (const cls of space.classes) {
    if (cls.splits !== splits) {
      splits = cls.splits;
      points = student.prepare(
        neutralFractions(splits, space.definition.maxCoefficient).flatMap(trialPoints),
        cls.arity,
      );
    }
    await tryClass(space, cls, student, points, (system, highest) => {
      const from = cls.systemsOffset + system * cls.arity;
      if (highest < best.floor || filter?.systemExclusion(space.systems.subarray(from, from + cls.arity))) return;
      best.offer(cls.offset + system * cls.stoichiometries, highest);
    });
  }
  return best.ranked();
}

/** @param points shape (points, k) row-major, as the student takes them */
async function tryClass(
  { systems: rows }: Space,
  { arity, systems, systemsOffset }: StoichiometryClass,
  student: StudentSession,
  points: Float32Array,
  onSystem: (system: number, highest: number) => void,
): Promise<void> {
  const count = points.length / arity;
  const perCall = Math.max(1, Math.floor(BATCH_ROWS / count));
  for (let from = 0; from < systems; from += perCall) {
    const n = Math.min(perCall, systems - from);
    const start = systemsOffset + from * arity;
    const encoded = await student.encode(tableRows(student, rows.subarray(start, start + n * arity)), n);
    const logits = await encoded.logits(
      Uint32Array.from({ length: n }, (_, s) => s),
      points,
    );
    for (let s = 0; s < n; s++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = s; i < logits.length; i += n) if (logits[i] > highest) highest = logits[i];
      onSystem(from + s, highest);
    }
  }
}
