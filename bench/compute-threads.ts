import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ComputeAnswer, ComputeJob, ComputeMessage } from './compute-worker.ts';
import type { Pass } from './kernel-pass.ts';

/** What threads did side by side. */
export interface JointPass {
  readonly compositionsPerSecond: number; // of all threads together
  readonly flopPerSecond: number; // the same
  readonly compositionsPerCpuSecond: number; // of one core; what others do on the machine does not count
}

/** Threads that compute at the same time. */
export interface ComputeThreads {
  pass(name: string): Promise<JointPass>;
  close(): Promise<void>;
}

/** @param jobs one for each thread */
export async function openThreads(jobs: readonly ComputeJob[]): Promise<ComputeThreads> {
  const script = new URL('./compute-worker.js', import.meta.url);
  const workers = jobs.map((job) => new Worker(script, { workerData: job }));
  const ends = workers.map((worker) => once(worker, 'exit'));
  await Promise.all(workers.map(nextAnswer));
  return {
    async pass(name) {
      const before = process.cpuUsage();
      const passes = await Promise.all(workers.map((worker) => passOf(worker, name)));
      const { user, system } = process.cpuUsage(before);
      const sum = (of: (pass: Pass) => number): number => passes.reduce((total, pass) => total + of(pass), 0);
      return {
        compositionsPerSecond: sum(({ compositions, seconds }) => compositions / seconds),
        flopPerSecond: sum(({ flop, seconds }) => flop / seconds),
        compositionsPerCpuSecond: sum(({ compositions }) => compositions) / ((user + system) / 1e6),
      };
    },
    close: async () => {
      for (const worker of workers) worker.postMessage('end' satisfies ComputeMessage);
      await Promise.all(ends);
    },
  };
}

async function passOf(worker: Worker, pass: string): Promise<Pass> {
  const answer = nextAnswer(worker);
  worker.postMessage({ pass } satisfies ComputeMessage);
  return (await answer) as Pass;
}

async function nextAnswer(worker: Worker): Promise<Pass | undefined> {
  const [answer] = (await once(worker, 'message')) as [ComputeAnswer];
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.done;
}
