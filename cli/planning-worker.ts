import { workerData } from 'node:worker_threads';
import { openStudent } from '../shared/onnx/student-session.ts';
import { doTask, type PlanningTask } from '../shared/screen/planning-tasks.ts';
import type { RankedEntries } from '../shared/screen/top-k.ts';
import { openEncoder } from '../shared/student/student-head.ts';
import type { StudentFile } from './planning-threads.ts';
import { answerQueue } from './thread-queue.ts';

const { bytes, name } = workerData as StudentFile;
const student = openStudent(bytes, name, 1);
const encoder = openEncoder(bytes, name);

answerQueue(
  async (task: PlanningTask): Promise<RankedEntries> =>
    doTask(task, { student: await student, encoder: await encoder }),
);
