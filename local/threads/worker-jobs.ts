import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** What a job's thread sends back when it is done. */
export type JobAnswer<R> =
  | { readonly result: R }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack?: string } };

/** Results of jobs that an earlier process finished. */
export interface KeptResults<J, R> {
  get(job: J): Promise<R | undefined>;
  put(job: J, result: R): Promise<void>;
}

/** How jobs are run. */
export interface JobSettings<J, R> {
  readonly threads: number; // at most so many at a time
  readonly onResult?: (result: R, index: number, wasKept: boolean) => void; // called as soon as a job is done
  readonly kept?: KeptResults<J, R>;
  readonly signal?: AbortSignal; // stops all
}

const GRACE_MS = 2000;

/**
 * Run each job in a worker thread of its own. After a failure no further job is begun; those that run are not ended.
 *
 * @param script compiled module that calls `answerJob`
 * @returns the results in the order of the jobs
 */
export async function runJobs<J, R>(script: URL, jobs: readonly J[], settings: JobSettings<J, R>): Promise<R[]> {
  const { threads, onResult, kept, signal } = settings;
  const results = new Array<R>(jobs.length);
  const running = new Set<Worker>();
  const queue = jobs.entries();
  let failed = false;
  const drain = async (): Promise<void> => {
    for (const [index, job] of queue) {
      if (failed) return;
      signal?.throwIfAborted();
      const earlier = await kept?.get(job);
      results[index] = earlier ?? (await runJob<J, R>(script, job, running, signal));
      if (earlier === undefined) await kept?.put(job, results[index]);
      onResult?.(results[index], index, earlier !== undefined);
    }
  };
  const stop = (error: unknown): never => {
    failed = true;
    throw error;
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, () => drain().catch(stop)));
  } finally {
    if (signal?.aborted) await Promise.all([...running].map(endWorker));
  }
  return results;
}

function runJob<J, R>(script: URL, job: J, running: Set<Worker>, signal: AbortSignal | undefined): Promise<R> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job });
    running.add(worker);
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    worker.on('message', (answer: JobAnswer<R>) => {
      if ('result' in answer) resolve(answer.result);
      else reject(Object.assign(new Error(answer.failure.message), answer.failure));
    });
    worker.on('error', reject);
    worker.on('messageerror', reject);
    worker.on('exit', (code) => {
      running.delete(worker);
      signal?.removeEventListener('abort', abort);
      reject(new Error(`a worker thread ended with code ${code}`));
    });
  });
}

/**
 * A thread that is terminated inside ONNX Runtime takes the process with it. Between two calls it waits and can be told
 * to end; one that does not wait for that long computes without ONNX Runtime.
 */
async function endWorker(worker: Worker): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage('end');
  await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
  await worker.terminate();
}
