import { Worker } from 'node:worker_threads';
import type { TaskRunner } from '../../shared/pruning/planning-tasks.ts';
import type { StudentSource } from './planning-worker.ts';
import { runPool } from './pool.ts';

/** Has the tasks of planning with bounds done on so many threads, which live as long as there are tasks. */
export function planningThreads(count: number, workerData: StudentSource): TaskRunner {
  const script = new URL('./planning-worker.js', import.meta.url);
  return (tasks, onResult) =>
    runPool(
      Array.from({ length: count }, () => new Worker(script, { workerData })),
      tasks,
      onResult,
    );
}
