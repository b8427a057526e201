import { workerData } from 'node:worker_threads';
import { openEncoder } from '../../shared/models/student-head.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { doTask, type PlanningTask } from '../../shared/pruning/planning-tasks.ts';
import type { RankedEntries } from '../../shared/screen/top-k.ts';
import { answerItems } from './pool.ts';

const { bytes, name } = workerData as StudentSource;
const student = openStudent(bytes, name, 1);
const encoder = openEncoder(bytes, name);

answerItems(
  async (task: PlanningTask): Promise<RankedEntries> =>
    doTask(task, { student: await student, encoder: await encoder }),
);

/** A student's file, for a thread to load. */
export interface StudentSource {
  readonly bytes: Uint8Array;
  readonly name: string; // for messages
}
