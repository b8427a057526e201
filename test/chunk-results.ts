import { MAX_ATOMIC_NUMBER } from '../shared/chemistry/elements.ts';
import { NONE_EXCLUDED } from '../shared/criteria/exclusions.ts';
import { createRandom, randomInteger } from '../shared/random.ts';
import type { ChunkRange } from '../shared/screen/blocks.ts';
import type { ChunkResult } from '../shared/screen/chunk-result.ts';
import { HISTOGRAM_BINS, histogramBin } from '../shared/screen/histogram.ts';
import { NONE_SKIPPED } from '../shared/screen/skipped-rows.ts';
import { TopK } from '../shared/screen/top-k.ts';

export const RUN_ID = '0123456789abcdef0123';
export const STUDENT_HASH = 'ab'.repeat(32);

/** Made-up logits of compositions [0, count), with ties. */
export function madeUpLogits(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => randomInteger(random, 400) / 10 - 20);
}

/** The result of a chunk of Li–O compositions with given logits. */
export function chunkResult({ chunk, start, end }: ChunkRange, logits: Float32Array, top = 5): ChunkResult {
  const best = new TopK(top);
  const histogram = new Float64Array(HISTOGRAM_BINS);
  let passed = 0;
  for (let index = start; index < end; index++) {
    best.offer(index, logits[index]);
    histogram[histogramBin(logits[index])]++;
    if (logits[index] >= 0) passed++;
  }
  const byElement = (count: number): Float64Array =>
    Float64Array.from({ length: MAX_ATOMIC_NUMBER + 1 }, (_, z) => (z === 3 || z === 8 ? count : 0));
  return {
    runId: RUN_ID,
    studentHash: STUDENT_HASH,
    chunk,
    start,
    end,
    screened: end - start,
    passed,
    histogram,
    screenedByElement: byElement(end - start),
    passedByElement: byElement(passed),
    best: best.ranked(),
    skipped: NONE_SKIPPED,
    excluded: NONE_EXCLUDED,
  };
}
