import type { SystemEncoder } from '../models/student-head.ts';
import type { StudentSession } from '../models/student-session.ts';

/** A student with its encoder, by which its logits can be bounded. */
export interface BoundedStudent {
  readonly student: StudentSession;
  readonly encoder: SystemEncoder;
}

/** What a screening with bounds needs beside the student. */
export interface EncodedPruning {
  readonly encoder: SystemEncoder;
  readonly pruning: Pruning;
}

/** What a run with bounds was planned with. */
export interface Pruning {
  readonly threshold: number | null; // logit that as many compositions as are ranked reach; null if none was found
  readonly work: number; // about: compositions that are scored in the time of the whole screening, bounds included
}

/** What planning found out about bounds, and by what a run with them is cut. */
export interface PlannedPruning extends Pruning {
  readonly scored: number; // share of the compositions of systems whose bounds are tried that is scored all the same
}

/** The threshold that a run was planned with; JSON has no infinity. */
export function thresholdOf({ threshold }: Pruning): number {
  return threshold ?? Number.NEGATIVE_INFINITY;
}
