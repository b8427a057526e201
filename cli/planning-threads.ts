import { Worker } from 'node:worker_threads';
import type { TaskRunner } from '../shared/screen/planning-tasks.ts';
import { runQueue } from './thread-queue.ts';

/** A student's file, for a thread to load. */
export interface StudentFile {
  readonly bytes: Uint8Array;
  readonly name: string; // for messages
}

/** Has the tasks of planning with bounds done on so many threads, which live as long as there are tasks. */
export function planningThreads(count: number, workerData: StudentFile): TaskRunner {
  const script = new URL('./planning-worker.js', import.meta.url);
  return (tasks, onResult) =>
    runQueue(
      Array.from({ length: count }, () => new Worker(script, { workerData })),
      tasks,
      onResult,
    );
}
