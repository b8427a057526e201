import { type Composition, formatSystem } from '../chemistry/formula.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { RankedEntries } from '../screen/top-k.ts';

/**
 * Rank finalists by another score: the best `top`, at most `perSystem` of a system.
 *
 * @param compositions of the finalists
 * @param scores theirs; equal ones rank by lower index
 * @returns positions of the finalists that are ranked, best first
 */
export function rankFinalists(
  { indices }: RankedEntries,
  compositions: readonly Composition[],
  scores: ArrayLike<number>,
  { top, perSystem }: RankingLimits,
): number[] {
  const order = compositions.map((_, i) => i);
  order.sort((a, b) => scores[b] - scores[a] || indices[a] - indices[b]);
  const ofSystem = new Map<string, number>();
  const ranked: number[] = [];
  for (const position of order) {
    if (ranked.length === top) break;
    const system = formatSystem(compositions[position].atomicNumbers);
    const count = ofSystem.get(system) ?? 0;
    if (count === perSystem) continue;
    ofSystem.set(system, count + 1);
    ranked.push(position);
  }
  return ranked;
}

/** Some of the entries, in the order of their positions. */
export function pickEntries(
  { indices, logits, formulas, cells }: RankedEntries,
  positions: readonly number[],
): RankedEntries {
  return {
    indices: Float64Array.from(positions, (position) => indices[position]),
    logits: Float32Array.from(positions, (position) => logits[position]),
    ...(formulas === undefined ? {} : { formulas: positions.map((position) => formulas[position]) }),
    ...(cells === undefined ? {} : { cells: positions.map((position) => cells[position]) }),
  };
}
