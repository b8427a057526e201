import { type Excluded, ExcludedCollector, unscoredTotal } from '../criteria/exclusions.ts';
import { IntegrityError } from '../errors.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import { type ChunkResult, decodeChunkResult } from '../screen/chunk-result.ts';
import type { BoundedAway } from '../screen/counts.ts';
import { RunningCounts, type ScreenCounts } from '../screen/counts.ts';
import type { BestMerger } from '../screen/distinct-best.ts';
import { type SkippedRows, SkippedRowsCollector, skippedTotal } from '../screen/skipped-rows.ts';
import type { RankedEntries } from '../screen/top-k.ts';

/** What a complete set of chunk results must look like. */
export interface MergeExpectation {
  readonly runId: string;
  readonly studentHash: string;
  readonly compositions: number; // size of the source
  readonly chunks: readonly ChunkRange[];
  readonly merger: () => BestMerger; // a new one
  readonly ranking?: BoundedRanking | undefined; // if some compositions may be bounded away
}

/** What a ranking must reach where compositions were bounded away, so that none of these could be in it. */
export interface BoundedRanking {
  readonly length: number;
  readonly threshold: number; // logit that what was bounded away does not reach
}

/** A stored object that should be a chunk result. */
export interface StoredChunk {
  readonly name: string; // where it is kept, for messages
  readonly chunk: number | undefined; // whose place that is; undefined if it is no place of a chunk
  readonly bytes: Uint8Array;
}

/** The outcome of a run. */
export interface MergedResult extends ScreenCounts {
  readonly best: RankedEntries; // best first
  readonly skipped: SkippedRows;
  readonly excluded: Excluded;
  readonly bounded?: BoundedAway; // where bounds were asked: then the counts are of the compositions scored
}

const MOST_NAMED = 10; // problems that a message lists

/**
 * Merge the results of all chunks into one, and prove on the way that they are complete: the chunks tile the space
 * exactly, and each has one whole result, of this run and student, that accounts for every composition of its range:
 * screened, skipped, excluded or bounded away, and that what was bounded away is below the whole ranking.
 * Keeps no chunk result.
 *
 * @param stored in any order
 * @throws {IntegrityError} naming the chunks that are missing, doubled, damaged or from another run
 */
export async function mergeChunks(
  expected: MergeExpectation,
  stored: AsyncIterable<StoredChunk> | Iterable<StoredChunk>,
): Promise<MergedResult> {
  const problems = tilingProblems(expected);
  const named = new Set<number>(); // chunks with a result or a problem
  const totals = new Totals(expected.merger());
  for await (const chunk of stored) {
    const isSecond = chunk.chunk !== undefined && named.has(chunk.chunk);
    if (chunk.chunk !== undefined) named.add(chunk.chunk);
    const result = decodeOrReport(chunk, problems);
    if (result === undefined) continue;
    const problem = placedProblem(expected, result, isSecond ? undefined : chunk.chunk);
    if (problem === undefined) totals.add(result);
    else problems.push(`${chunk.name} ${problem}`);
  }
  const missing = expected.chunks.filter(({ chunk }) => !named.has(chunk));
  problems.push(...missing.map(({ chunk }) => `chunk ${chunk} is missing`));
  if (problems.length === 0) problems.push(...totals.problems(expected));
  if (problems.length > 0) throw incomplete(expected.runId, problems);
  return totals.merged();
}

/** Problems of the plan itself: its chunks must tile [0, compositions). */
function tilingProblems({ chunks, compositions }: MergeExpectation): string[] {
  const problems: string[] = [];
  let next = 0;
  chunks.forEach(({ chunk, start, end }, i) => {
    if (chunk !== i) problems.push(`the plan lists chunk ${chunk} in place ${i}`);
    if (start !== next || !(end > start))
      problems.push(`chunk ${i} of the plan is [${start}, ${end}) and should begin at ${next}`);
    next = end;
  });
  if (next !== compositions) problems.push(`the plan ends at ${next} of ${compositions} compositions`);
  return problems;
}

/** Every chunk has one place: a result in another one, or a second one there, is a double. @param place undefined if it has none */
function placedProblem(expected: MergeExpectation, result: ChunkResult, place: number | undefined): string | undefined {
  const problem = resultProblem(expected, expected.chunks[result.chunk], result);
  return problem ?? (place === result.chunk ? undefined : `is a double of chunk ${result.chunk}`);
}

function decodeOrReport({ bytes, name }: StoredChunk, problems: string[]): ChunkResult | undefined {
  try {
    return decodeChunkResult(bytes, name);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    problems.push(`${name} is damaged: ${error.problem}`);
    return undefined;
  }
}

/**
 * Why a whole chunk result does not belong to the run, or undefined if it does.
 *
 * @param planned the chunk of its number, or undefined if the plan has none
 */
export function resultProblem(
  expected: Pick<MergeExpectation, 'runId' | 'studentHash'>,
  planned: ChunkRange | undefined,
  result: ChunkResult,
): string | undefined {
  const { chunk, start, end, screened } = result;
  const skipped = skippedTotal(result.skipped);
  const excluded = unscoredTotal(result.excluded);
  const bounded = result.bounded?.compositions ?? 0;
  if (result.runId !== expected.runId) return `is of run ${result.runId}, not ${expected.runId}`;
  if (result.studentHash !== expected.studentHash)
    return `is scored by student ${result.studentHash}, not ${expected.studentHash}`;
  if (planned === undefined) return `is chunk ${chunk}, which the plan has not`;
  if (start !== planned.start || end !== planned.end)
    return `holds [${start}, ${end}), where chunk ${chunk} is [${planned.start}, ${planned.end})`;
  if (screened + skipped + excluded + bounded !== end - start) {
    const others = Object.entries({ skipped, excluded, 'bounded away': bounded }).flatMap(([what, count]) =>
      count > 0 ? [`${what} ${count}`] : [],
    );
    return [`screened ${screened} of ${end - start} compositions`, ...others].join(' and ');
  }
  return undefined;
}

/** Running sums over chunk results. */
class Totals extends RunningCounts {
  private readonly best: BestMerger;
  private readonly skipped = new SkippedRowsCollector();
  private readonly excluded = new ExcludedCollector();
  private bounded: BoundedAway | undefined;

  constructor(best: BestMerger) {
    super();
    this.best = best;
  }

  add(result: ChunkResult): void {
    this.screened += result.screened;
    this.passed += result.passed;
    addTo(this.screenedByElement, result.screenedByElement);
    addTo(this.passedByElement, result.passedByElement);
    addTo(this.histogram, result.histogram);
    this.best.add(result.best);
    this.skipped.merge(result.skipped);
    this.excluded.merge(result.excluded);
    if (result.bounded !== undefined) {
      const { systems, compositions } = this.bounded ?? { systems: 0, compositions: 0 };
      this.bounded = {
        systems: systems + result.bounded.systems,
        compositions: compositions + result.bounded.compositions,
      };
    }
  }

  problems({ compositions, ranking }: MergeExpectation): string[] {
    const binned = this.histogram.reduce((sum, count) => sum + count, 0);
    const excluded = unscoredTotal(this.excluded.collected());
    const unscored = skippedTotal(this.skipped.collected()) + excluded + (this.bounded?.compositions ?? 0);
    const incompletely = [
      [this.screened + unscored, 'were screened'],
      [binned + unscored, 'are in the histogram'],
    ].flatMap(([count, what]) => (count === compositions ? [] : [`${count} of ${compositions} compositions ${what}`]));
    return [...incompletely, ...this.boundProblems(ranking)];
  }

  /** Whatever the threshold comes from: if the whole ranking reaches it, nothing that stays below is missing. */
  private boundProblems(ranking: BoundedRanking | undefined): string[] {
    const compositions = this.bounded?.compositions ?? 0;
    if (compositions === 0) return [];
    if (ranking === undefined) return [`${compositions} compositions were bounded away, and the run has no threshold`];
    const { length, threshold } = ranking;
    const { logits } = this.best.ranked();
    if (logits.length === length && logits[length - 1] >= threshold) return [];
    const found = `${logits.length} of ${length} are ranked, the last with logit ${logits.at(-1)}`;
    return [`${compositions} compositions below logit ${threshold} were bounded away, but ${found}`];
  }

  merged(): MergedResult {
    const [skipped, excluded] = [this.skipped.collected(), this.excluded.collected()];
    const bounded = this.bounded === undefined ? {} : { bounded: this.bounded };
    return { ...this.counts(), best: this.best.ranked(), skipped, excluded, ...bounded };
  }
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i];
}

function incomplete(runId: string, problems: readonly string[]): IntegrityError {
  const named = problems.slice(0, MOST_NAMED).join('; ');
  const more = problems.length > MOST_NAMED ? `; and ${problems.length - MOST_NAMED} more` : '';
  return new IntegrityError(
    `the results are not those of the whole space: ${named}${more}`,
    { file: `run ${runId}` },
    'Remove files that are no chunk of this run and start the run again: it screens anew what is missing or damaged.',
  );
}
