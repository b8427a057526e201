import type { StudentSession } from '../onnx/student-session.ts';
import { neutralFractions } from '../space/neutral-fractions.ts';
import type { Space, StoichiometryClass } from '../space/space.ts';
import { BATCH_ROWS, systemsPerBlock } from './batches.ts';
import type { RankingLimits } from './chunk-accumulator.ts';
import { Screener } from './screen-chunk.ts';
import { TopK } from './top-k.ts';

/** Compositions that the search scores: a part of the space within these limits, or those of twice the systems needed. */
const SCORED_PART = 1 / 10;
const [LEAST_SCORED, MOST_SCORED] = [1e6, 1e9];

/**
 * A logit that at least `top` compositions of the ranking reach, so that nothing below it is ranked; -Infinity if none
 * was found. The fractions of every system are tried out at a few points, neutral on the whole, and the systems that look
 * best are screened. Equal for equal spaces, students and limits.
 */
export async function seedThreshold(space: Space, student: StudentSession, limits: RankingLimits): Promise<number> {
  const screener = new Screener(space, student, limits);
  const best = new TopK(limits.top);
  for (const { start, end } of chooseBlocks(space, await promisingSystems(space, student, limits), limits)) {
    const range = { chunk: 0, start, end };
    best.add((await screener.screen(range, '', () => undefined)).best);
  }
  return best.floor;
}

/** The systems with the highest logits at the points tried, best first, as indices of their first compositions. */
async function promisingSystems(space: Space, student: StudentSession, { top }: RankingLimits): Promise<Float64Array> {
  const systems = new TopK(4 * top);
  for (const cls of space.classes) {
    const { arity, systemsOffset, offset, stoichiometries } = cls;
    const points = trialPoints(cls, space.definition.maxCoefficient);
    const count = points.length / arity;
    const perCall = Math.max(1, Math.floor(BATCH_ROWS / count));
    for (let from = 0; from < cls.systems; from += perCall) {
      const end = Math.min(cls.systems, from + perCall);
      const elements = space.systems.subarray(systemsOffset + from * arity, systemsOffset + end * arity);
      const rows = BigInt64Array.from(elements, (z) => BigInt(student.rowOf(z)));
      const logits = await student.logits(rows, points, end - from, count);
      for (let s = from; s < end; s++) {
        let highest = Number.NEGATIVE_INFINITY;
        for (let i = (s - from) * count; i < (s - from + 1) * count; i++) highest = Math.max(highest, logits[i]);
        systems.offer(offset + s * stoichiometries, highest);
      }
    }
  }
  return systems.ranked().indices;
}

/** The middle of each polytope that holds a class's fractions, and the points halfway to its corners; shape (points, k). */
function trialPoints({ arity, splits }: StoichiometryClass, maxCoefficient: number): Float32Array {
  const points: number[] = [];
  for (const { vertices } of neutralFractions(splits, maxCoefficient)) {
    const count = vertices.length / arity;
    const middle = new Array<number>(arity).fill(0);
    vertices.forEach((fraction, i) => {
      middle[i % arity] += fraction / count;
    });
    points.push(...middle, ...vertices.map((fraction, i) => (fraction + middle[i % arity]) / 2));
  }
  return Float32Array.from(points);
}

/** Blocks of these systems in index order, as many of the first ones as may be scored. */
function chooseBlocks(
  { classes, compositions }: Space,
  firsts: Float64Array,
  { top, perSystem }: RankingLimits,
): { start: number; end: number }[] {
  let left = Math.min(MOST_SCORED, Math.max(LEAST_SCORED, compositions * SCORED_PART));
  const blocks = new Map<number, number>(); // start to end
  for (const first of firsts) {
    const cls = classes.findLast(({ offset }) => offset <= first) as StoichiometryClass;
    const size = systemsPerBlock(cls) * cls.stoichiometries;
    const start = first - ((first - cls.offset) % size);
    const end = Math.min(start + size, cls.offset + cls.systems * cls.stoichiometries);
    if (blocks.has(start) || (end - start > left && blocks.size > (2 * top) / perSystem)) continue;
    left -= end - start;
    blocks.set(start, end);
  }
  return [...blocks].sort(([a], [b]) => a - b).map(([start, end]) => ({ start, end }));
}
