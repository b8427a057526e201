import type { Composition } from '../chemistry/formula.ts';
import type { Inputs } from '../io/store/inputs.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { EncodedPruning } from '../pruning/pruning.ts';
import type { ChunkScreener } from '../screen/chunk-screener.ts';
import type { BestMerger } from '../screen/distinct-best.ts';
import type { RankingLimits } from '../screen/ranking-limits.ts';
import type { RankedEntries } from '../screen/top-k.ts';
import type { SpaceSegment } from '../space/space-segments.ts';

/** Where a file of a list is, and as what version it was read whole: what has another one is not read any more. */
export interface FileLocation {
  readonly location: string; // a path or a key
  readonly version: string;
}

/** What a run screens, numbered from 0: the compositions of a space, or the rows of a list. */
export interface CompositionSource {
  readonly name: string;
  readonly size: number; // compositions, or rows of which some may have no score
  /** What `run.json` says of it. */
  readonly record: SourceRecord;
  /** What a plan keeps of it. */
  planFiles(): SourceFiles;
  /** What `summary.json` says of it. */
  readonly summary: SourceSummary;
  /** @param pruning if what cannot be ranked is not to be scored */
  screener(student: StudentSession, limits: RankingLimits, inputs: Inputs, pruning?: EncodedPruning): ChunkScreener;
  /** Keeps the best over chunks. */
  merger(limits: RankingLimits): BestMerger;
  /** Compositions of ranked entries, in their order. */
  compositions(best: RankedEntries): Composition[];
}

/** Files that describe a source. */
export interface SourceFiles {
  readonly files: Readonly<Record<string, Uint8Array>>; // by name; `run.json` vouches for them
  readonly segments?: readonly SpaceSegment[]; // of the files of a space, so that a chunk reads what it needs
}

/** Exact counts of a source, as `run.json` has them. */
export interface SourceCounts {
  readonly systems?: number; // of a space
  readonly classes?: number; // of a space
  readonly files?: number; // of a list
  readonly compositions: number; // or rows
}

/** What `run.json` says of a source: a space file with every oxidation state written out, or the files of a list. */
export interface SourceRecord {
  readonly space?: unknown;
  readonly list?: ListRecord;
  readonly counts: SourceCounts;
}

/** A file of a list. */
interface ListedRecord {
  readonly name: string;
  readonly sheet?: string; // that was read of a workbook with several
  readonly rows: number;
  readonly sha256: string;
}

/** A list of compositions as `run.json` names it. */
export interface ListRecord {
  readonly name: string;
  readonly files: readonly ListedRecord[];
}

/** What `summary.json` says of a source. */
export interface SourceSummary {
  readonly space?: { name: string; systems: number; classes: number; compositions: number };
  readonly list?: ListRecord & { readonly rows: number };
}
