/** Seconds of one vCPU that a chunk takes on one machine: little is lost when a process is killed. */
export const LOCAL_CHUNK_SECONDS = 1;

/** Part of the usual work that a chunk with bounds has: a few systems, which lie together, decide how much is scored. */
export const UNEVEN_CHUNK = 1 / 3;

/** The most chunks that are made unless asked for: as many as a map runs at once, and as the reduction reads within a minute. */
export const MOST_CHUNKS = 10_000;

/**
 * Number of chunks when none is asked for; one if there is nothing to score, which is a result as well.
 *
 * @param perChunk compositions that a chunk should hold, unless there would be more than 10,000 chunks
 */
export function defaultChunkCount(compositions: number, perChunk: number): number {
  return Math.min(MOST_CHUNKS, Math.max(1, Math.ceil(compositions / perChunk)));
}
