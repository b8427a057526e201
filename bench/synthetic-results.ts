import { MAX_ATOMIC_NUMBER } from '../shared/chemistry/elements.ts';
import { NONE_EXCLUDED } from '../shared/criteria/exclusions.ts';
import { createRandom, type Random, randomNormal } from '../shared/random.ts';
import type { ChunkRange } from '../shared/screen/blocks.ts';
import type { ChunkResult } from '../shared/screen/chunk-result.ts';
import { HISTOGRAM_BINS, histogramBin, histogramEdges } from '../shared/screen/histogram.ts';
import type { RankingLimits } from '../shared/screen/ranking-limits.ts';
import { NONE_SKIPPED } from '../shared/screen/skipped-rows.ts';
import type { RankedEntries } from '../shared/screen/top-k.ts';
import type { Space } from '../shared/space/space.ts';

const [MEAN_LOGIT, SCALE] = [-7, 1.5]; // about as of the shipped student over the default space
const STRIDE = 1_000_003; // a prime: its multiples meet every place unless it divides their number
const BEST_SPAN = 12; // between the best and the last entry of a chunk

/** The run that made-up results belong to. */
export interface SyntheticRun {
  readonly space: Pick<Space, 'classes' | 'systems'>;
  readonly runId: string;
  readonly studentHash: string;
  readonly limits: RankingLimits;
  readonly seed: number;
}

/** Systems of a class that lie in a chunk. */
interface Part {
  readonly first: number; // index of the first composition
  readonly systems: number;
  readonly stoichiometries: number;
  readonly arity: number;
  readonly elementsFrom: number;
}

/**
 * Results that the chunks of a plan could have: each counts all of its compositions, and has as many best entries, at
 * most `perSystem` of a system, as a screening keeps. Logits are made up. Equal seeds give equal results.
 *
 * @param chunks in index order
 */
export function* syntheticResults(run: SyntheticRun, chunks: readonly ChunkRange[]): Generator<ChunkResult> {
  const { classes } = run.space;
  let first = 0; // class that the chunk begins in
  for (const range of chunks) {
    while (first + 1 < classes.length && classes[first + 1].offset <= range.start) first++;
    yield syntheticResult(run, range, partsOf(classes, first, range));
  }
}

function syntheticResult(
  { space, runId, studentHash, limits, seed }: SyntheticRun,
  range: ChunkRange,
  parts: readonly Part[],
): ChunkResult {
  const random = createRandom(seed * 1_000_003 + range.chunk);
  const screened = range.end - range.start;
  const histogram = logisticHistogram(screened);
  const passed = histogram.subarray(histogramBin(0)).reduce((sum, count) => sum + count, 0);
  const screenedByElement = countByElement(space, parts);
  return {
    runId,
    studentHash,
    ...range,
    screened,
    passed,
    histogram,
    screenedByElement,
    passedByElement: screenedByElement.map((count) => Math.floor((count * passed) / screened)),
    best: bestOf(parts, limits, random),
    skipped: NONE_SKIPPED,
    excluded: NONE_EXCLUDED,
  };
}

function partsOf(classes: Space['classes'], firstClass: number, { start, end }: ChunkRange): Part[] {
  const parts: Part[] = [];
  for (let c = firstClass; c < classes.length && classes[c].offset < end; c++) {
    const { offset, systems, stoichiometries, arity, systemsOffset } = classes[c];
    const [first, last] = [Math.max(start, offset), Math.min(end, offset + systems * stoichiometries)];
    const elementsFrom = systemsOffset + ((first - offset) / stoichiometries) * arity;
    parts.push({ first, systems: (last - first) / stoichiometries, stoichiometries, arity, elementsFrom });
  }
  return parts;
}

function countByElement({ systems }: Pick<Space, 'systems'>, parts: readonly Part[]): Float64Array {
  const counts = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  for (const { systems: count, stoichiometries, arity, elementsFrom } of parts)
    for (let i = elementsFrom; i < elementsFrom + count * arity; i++) counts[systems[i]] += stoichiometries;
  return counts;
}

/** So many logits of a logistic distribution by bin. */
function logisticHistogram(count: number): Float64Array {
  const edges = histogramEdges();
  const histogram = new Float64Array(HISTOGRAM_BINS);
  let below = 0;
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    const z = ((edges[bin] ?? Number.POSITIVE_INFINITY) - MEAN_LOGIT) / SCALE;
    const upTo = Math.round(count / (1 + Math.exp(-z)));
    histogram[bin] = upTo - below;
    below = upTo;
  }
  return histogram;
}

function bestOf(parts: readonly Part[], { top, perSystem }: RankingLimits, random: Random): RankedEntries {
  const candidates = parts.reduce(
    (sum, { systems, stoichiometries }) => sum + systems * Math.min(perSystem, stoichiometries),
    0,
  );
  const all = new Float64Array(candidates);
  let at = 0;
  for (const { first, systems, stoichiometries } of parts) {
    const kept = Math.min(perSystem, stoichiometries);
    for (let s = 0; s < systems; s++)
      for (let i = 0; i < kept; i++) all[at++] = first + s * stoichiometries + Math.floor((i * stoichiometries) / kept);
  }
  const count = Math.min(top, candidates);
  const indices = new Float64Array(count);
  const logits = new Float32Array(count);
  const best = randomNormal(random);
  const turn = Math.floor(random() * candidates);
  for (let i = 0; i < count; i++) {
    indices[i] = all[(i * STRIDE + turn) % candidates];
    logits[i] = best - BEST_SPAN * Math.sqrt((i + random()) / count);
    // equal logits, which rounding makes, rank by index
    if (i > 0 && logits[i] === logits[i - 1] && indices[i] < indices[i - 1]) swap(indices, i - 1);
  }
  return { indices, logits };
}

function swap(values: Float64Array, i: number): void {
  [values[i], values[i + 1]] = [values[i + 1], values[i]];
}
