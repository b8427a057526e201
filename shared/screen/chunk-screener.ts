import type { Block, ChunkRange } from './blocks.ts';
import type { ChunkResult } from './chunk-result.ts';

/** Scores the chunks of a source with one student. */
export interface ChunkScreener {
  /**
   * Score every composition of a chunk.
   *
   * @param runId becomes part of the result
   * @param onScreened told from time to time how many more compositions are done
   * @throws {IntegrityError} if the student gives a logit that is not a finite number
   */
  screen(range: ChunkRange, runId: string, onScreened: (compositions: number) => void): Promise<ChunkResult>;
}

/** Decides which systems can be skipped because none of their compositions can reach the ranking. */
export interface BlockPruner {
  /**
   * Whether a block can be skipped.
   *
   * @param wanted its systems, by their place in it, that no criterion excludes
   */
  sparesBlock(block: Block, wanted: Uint32Array): Promise<boolean>;
}
