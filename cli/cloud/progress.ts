import { formatCount } from '../../shared/report/page/words.ts';
import { formatDuration, formatRate, progressBar } from '../terminal/progress.ts';
import type { ChunkCounts, PlannedRun } from './aws-executions.ts';

/** How far a run was at some time. */
export interface Observation {
  readonly seconds: number; // of any clock
  readonly counts: ChunkCounts;
}

/**
 * One line on the state of a map of chunks. The rate is that since the first observation, or since the map began while
 * nothing was finished since.
 *
 * @param began when the map began, on the clock of the observations
 */
export function chunkProgressLine(
  { compositions, chunks }: Pick<PlannedRun, 'compositions' | 'chunks'>,
  began: number,
  first: Observation,
  now: Observation,
  withBar: boolean,
): string {
  const { succeeded, running, failed } = now.counts;
  const bar = withBar ? progressBar(succeeded / chunks) : '';
  const counts = `${formatCount(succeeded)} of ${formatCount(chunks)} chunks done, ${running} running, ${failed} failed`;
  const perSecond = chunksPerSecond(began, first, now);
  if (perSecond === 0) return `${bar}${counts}`;
  const left = formatDuration((chunks - succeeded) / perSecond);
  return `${bar}${counts}, ${formatRate((perSecond * compositions) / chunks)}, ${left} left`;
}

function chunksPerSecond(began: number, first: Observation, now: Observation): number {
  const since = now.counts.succeeded > first.counts.succeeded ? first : { seconds: began, counts: { succeeded: 0 } };
  const seconds = now.seconds - since.seconds;
  return seconds > 0 ? (now.counts.succeeded - since.counts.succeeded) / seconds : 0;
}

/** US dollars spent on a run, about: every chunk that was begun counts as a whole one. */
export function spentSoFar({ costEstimate, chunks }: PlannedRun, counts: ChunkCounts | undefined): number {
  if (counts === undefined) return 0; // planning alone costs a trifle
  const begun = counts.succeeded + counts.failed + counts.running + counts.aborted;
  return Number(((costEstimate * Math.min(begun, chunks)) / chunks).toPrecision(3));
}
