import { type Composition, formatFormula, formatSystem, reduced } from '../chemistry/formula.ts';
import { CriteriaFilter } from '../criteria/criteria-filter.ts';
import { InputError } from '../errors.ts';
import { createRandom, type Random, randomInteger } from '../random.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { RankedEntries } from '../screen/top-k.ts';
import { excludedBy } from '../space/membership.ts';
import { compositionAt, compositionsAt, findComposition } from '../space/rank.ts';
import type { Space } from '../space/space.ts';

/** Logit of one composition, computed by another way than screening does. */
export type Rescore = (composition: Composition) => number;

/**
 * How far a logit of screening, computed in float32, may be from one in float64, relative to the larger of 1 and its size.
 * Seen: up to 1e-6.
 */
export const LOGIT_TOLERANCE = 2e-5;

/** What a sample of a run showed. */
export interface SampleOutcome {
  readonly ranked: number; // compositions of the ranking that were scored anew
  readonly others: number; // compositions of the space that are not ranked, and were scored to see that they must not be
  readonly largest: number; // difference of logits seen in the ranking, relative as in LOGIT_TOLERANCE
  readonly problems: readonly string[];
}

/** A space that was screened, and what was kept of it. */
export interface ScreenedSpace {
  readonly space: Space;
  readonly limits: RankingLimits;
  readonly best: RankedEntries; // of the merge, best first
}

/** Which ranked entries to look at: some drawn, and as many from the end. */
export function drawRanked({ length }: ArrayLike<number>, count: number, random: Random): number[] {
  const half = Math.ceil(count / 2);
  const drawn = Array.from({ length: Math.min(half, length) }, () => randomInteger(random, length));
  const last = Array.from({ length: Math.min(half, length) }, (_, i) => length - 1 - i);
  return [...new Set([...drawn, ...last])].sort((a, b) => a - b);
}

/** Score ranked compositions anew. @param positions in `logits` */
export function checkRanked(
  compositions: readonly Composition[],
  logits: ArrayLike<number>,
  positions: readonly number[],
  rescore: Rescore,
): SampleOutcome {
  const problems: string[] = [];
  let largest = 0;
  for (const position of positions) {
    const [kept, anew] = [logits[position], rescore(compositions[position])];
    const difference = Math.abs(kept - anew) / Math.max(1, Math.abs(anew));
    largest = Math.max(largest, difference);
    if (!(difference <= LOGIT_TOLERANCE))
      problems.push(`${formatFormula(compositions[position])} is ranked with logit ${kept}, which is ${anew} anew`);
  }
  return { ranked: positions.length, others: 0, largest, problems };
}

/**
 * Look at a sample of a screened space: ranked compositions have their logits and are of the space; of compositions drawn
 * from all of it, and from the systems at the end of the ranking, those that are not ranked had no place in it.
 *
 * @param count of compositions to look at, about
 */
export function checkSample(screened: ScreenedSpace, count: number, seed: number, rescore: Rescore): SampleOutcome {
  const { space, best } = screened;
  const random = createRandom(seed);
  const positions = drawRanked(best.indices, Math.ceil(count / 2), random);
  const picked = compositionsAt(
    space,
    positions.map((position) => best.indices[position]),
  );
  const logits = positions.map((position) => best.logits[position]);
  const ranked = checkRanked(picked, logits, [...positions.keys()], rescore);
  const misplaced = positions.flatMap((position, i) => placeProblems(space, picked[i], best.indices[position]));
  const drawn = Array.from({ length: Math.ceil(count / 4) }, () => randomInteger(random, space.compositions));
  const near = drawNearCut(space, best, Math.ceil(count / 4), random);
  const unranked = checkUnranked(screened, [...drawn, ...near], rescore);
  return { ...ranked, ...unranked, problems: [...ranked.problems, ...misplaced, ...unranked.problems] };
}

/** Compositions of the systems that the last ranked ones are of. */
function drawNearCut(space: Space, { indices }: RankedEntries, count: number, random: Random): number[] {
  const last = indices.subarray(Math.max(0, indices.length - count));
  if (last.length === 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const index = last[last.length - 1 - (i % last.length)];
    const { offset, stoichiometries } = classAt(space, index);
    return index - ((index - offset) % stoichiometries) + randomInteger(random, stoichiometries);
  });
}

function classAt({ classes }: Space, index: number) {
  const found = classes.findLast(({ offset }) => offset <= index);
  if (found === undefined) throw new RangeError(`no class has index ${index}`);
  return found;
}

/** A composition is of the space by its definition, without the classes, and its index is that of its place. */
function placeProblems(space: Space, composition: Composition, index: number): string[] {
  const formula = formatFormula(composition);
  const rule = excludedBy(space.definition, reduced(composition));
  if (rule !== undefined) return [`${formula}, index ${index}, is not in the space: ${rule}`];
  const found = indexOf(space, composition);
  return found === index ? [] : [`${formula} is listed with index ${index} and has ${found}`];
}

function indexOf(space: Space, composition: Composition): number | string {
  try {
    const found = findComposition(space, composition);
    return 'index' in found ? found.index : found.excludedBy;
  } catch (error) {
    if (error instanceof InputError) return error.problem; // the space should have its system, and has not
    throw error;
  }
}

function checkUnranked(
  { space, limits, best }: ScreenedSpace,
  indices: readonly number[],
  rescore: Rescore,
): Pick<SampleOutcome, 'others' | 'problems'> {
  const ranked = new Set(best.indices);
  const filter = limits.criteria && new CriteriaFilter(limits.criteria);
  const lowestOf = lowestBySystem({ space, limits, best });
  const cut = best.indices.length < limits.top ? Number.NEGATIVE_INFINITY : (best.logits.at(-1) ?? 0);
  const problems: string[] = [];
  const others = [...new Set(indices)].filter((index) => !ranked.has(index));
  for (const index of others) {
    const composition = compositionAt(space, index);
    problems.push(...placeProblems(space, composition, index));
    const { atomicNumbers, amounts } = composition;
    if (filter?.systemExclusion(atomicNumbers) ?? filter?.compositionExclusion(atomicNumbers, amounts)) continue;
    const logit = rescore(composition);
    const least = Math.max(cut, lowestOf.get(formatSystem(atomicNumbers)) ?? Number.NEGATIVE_INFINITY);
    if (logit > least + LOGIT_TOLERANCE * Math.max(1, Math.abs(least)))
      problems.push(
        `${formatFormula(composition)}, index ${index}, is not ranked, and its logit ${logit} is above ${least}`,
      );
  }
  return { others: others.length, problems };
}

/** Lowest ranked logit of the systems that have as many ranked as are allowed. */
function lowestBySystem({ space, limits, best }: ScreenedSpace): ReadonlyMap<string, number> {
  const logits = new Map<string, number[]>(); // best first
  compositionsAt(space, best.indices).forEach(({ atomicNumbers }, i) => {
    const system = formatSystem(atomicNumbers);
    const known = logits.get(system);
    if (known === undefined) logits.set(system, [best.logits[i]]);
    else known.push(best.logits[i]);
  });
  const full = [...logits].filter(([, kept]) => kept.length >= limits.perSystem);
  return new Map(full.map(([system, kept]) => [system, kept[kept.length - 1]]));
}
