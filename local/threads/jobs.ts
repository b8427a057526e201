import { Worker } from 'node:worker_threads';
import { runPool } from './pool.ts';

/** Results of jobs that an earlier process finished. */
export interface KeptResults<J, R> {
  get(job: J): Promise<R | undefined>;
  put(job: J, result: R): Promise<void>;
}

/** How jobs are run. */
export interface JobSettings<J, R> {
  readonly threads: number; // at most so many at a time
  readonly onResult?: (result: R, index: number, wasKept: boolean) => void; // called as soon as a job is done
  readonly kept?: KeptResults<J, R> | undefined;
  readonly signal?: AbortSignal | undefined; // stops all
}

/**
 * A thread that is terminated inside ONNX Runtime takes the process with it. Between two calls it waits and can be told
 * to end; one that does not wait for that long computes without ONNX Runtime.
 */
const GRACE_MS = 2000;

/**
 * Run jobs that take long in worker threads, and keep what is done.
 *
 * @param script compiled module that calls `answerItems`
 * @returns the results in the order of the jobs
 */
export async function runJobs<J, R>(script: URL, jobs: readonly J[], settings: JobSettings<J, R>): Promise<R[]> {
  const { threads, onResult, kept, signal } = settings;
  const results = new Array<R>(jobs.length);
  const open = new Map<J, number>(); // jobs to do, with their index
  for (const [index, job] of jobs.entries()) {
    const earlier = await kept?.get(job);
    if (earlier === undefined) open.set(job, index);
    else {
      results[index] = earlier;
      onResult?.(earlier, index, true);
    }
  }
  signal?.throwIfAborted();
  const workers = Array.from({ length: Math.min(threads, open.size) }, () => new Worker(script));
  const take = async (result: R, job: J): Promise<void> => {
    const index = open.get(job) as number;
    results[index] = result;
    await kept?.put(job, result);
    onResult?.(result, index, false);
  };
  await runPool<J, R>(workers, open.keys(), take, { signal, graceMs: GRACE_MS });
  return results;
}
