import type { StudentSession } from '../models/student-session.ts';
import type { CompositionSource, FileLocation } from '../sources/source.ts';

/** A source before it is built: enough to name the run. */
export interface PreparedSource {
  /** What decides on the ranking, and is therefore part of the run id; JSON values. */
  readonly identity: readonly unknown[];
  /** Where the files of a list are now. */
  readonly locations?: readonly FileLocation[];
  /** Refuse a student that cannot score it, before anything is screened. */
  checkStudent(student: StudentSession): void;
  /** The work that a run which is planned already does without. */
  build(): CompositionSource;
}
