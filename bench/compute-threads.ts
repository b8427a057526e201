import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ComputeAnswer, ComputeJob, Pass } from './compute-worker.ts';

/** Threads that compute at the same time, one per core. */
export interface ComputeThreads {
  /** A pass of every thread, side by side. */
  pass(): Promise<readonly Pass[]>;
  close(): Promise<void>;
}

/** @param jobs one for each thread */
export async function openThreads(jobs: readonly ComputeJob[]): Promise<ComputeThreads> {
  const script = new URL('./compute-worker.js', import.meta.url);
  const workers = jobs.map((job) => new Worker(script, { workerData: job }));
  const ends = workers.map((worker) => once(worker, 'exit'));
  await Promise.all(workers.map(nextPass));
  return {
    pass: () =>
      Promise.all(
        workers.map((worker) => {
          const pass = nextPass(worker);
          worker.postMessage('pass');
          return pass;
        }),
      ),
    close: async () => {
      for (const worker of workers) worker.postMessage('end');
      await Promise.all(ends);
    },
  };
}

async function nextPass(worker: Worker): Promise<Pass> {
  const [answer] = (await once(worker, 'message')) as [ComputeAnswer];
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.pass;
}

/** Work per second of all threads together. */
export function rateOf(passes: readonly Pass[], work: string, seconds = 'seconds'): number {
  return passes.reduce((sum, pass) => sum + pass[work] / pass[seconds], 0);
}
