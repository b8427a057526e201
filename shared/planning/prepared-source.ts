import type { CloudWork } from '../cost/cloud-simulation.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { TaskRunner } from '../pruning/planning-tasks.ts';
import type { BoundedStudent, Pruning } from '../pruning/pruning.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import type { RunOptions } from '../screen/run-options.ts';
import type { CompositionSource, FileLocation } from '../sources/source.ts';

/** What planning is asked for. */
export interface PlanningRequest {
  readonly options: RunOptions;
  readonly bounds?: BoundsRequest | undefined; // if systems that cannot be ranked are not to be scored
  /** Chunks that the work should be cut into. */
  readonly chunkCount: (work: CloudWork) => number;
}

/** By what bounds are found. */
export interface BoundsRequest extends BoundedStudent {
  readonly run?: TaskRunner | undefined; // has the parts of it done; this thread does them if absent
  readonly sampled?: boolean; // of a sample of the systems, in seconds: enough for an estimate, not for a run
}

/** What planning finds out of a space or a list: data, which `planRun` stores. */
export interface SourcePlan {
  readonly work: CloudWork;
  readonly pruning?: Pruning | undefined; // if bounds were asked for
  readonly ranges: readonly ChunkRange[]; // tile the source, in index order, with about equally much work
}

/** A source that was built, and its plan. */
export interface PlannedSource extends SourcePlan {
  readonly source: CompositionSource;
}

/** A source before it is built: enough to name the run. */
export interface PreparedSource {
  /** What decides on the ranking, and is therefore part of the run id; JSON values. */
  readonly identity: readonly unknown[];
  /** Where the files of a list are now. */
  readonly locations?: readonly FileLocation[];
  /** Refuse a student that cannot score it, before anything is screened. */
  checkStudent(student: StudentSession): void;
  /** Build and plan it: the work that a run which is planned already does without. */
  plan(request: PlanningRequest): Promise<PlannedSource>;
}
