import { Worker } from 'node:worker_threads';

/** What a job's thread sends back when it is done. */
export type JobAnswer<R> =
  | { readonly result: R }
  | { readonly failure: { readonly name: string; readonly message: string } };

/**
 * Run each job in a worker thread of its own, at most `threads` at a time. After a failure no further job is
 * begun; those that run are not ended, since a thread that is terminated inside ONNX Runtime takes the process with it.
 *
 * @param script compiled module that reads its job from `workerData` and posts one {@link JobAnswer}
 * @param onResult called as soon as a job is done
 * @returns the results in the order of the jobs
 */
export async function runJobs<J, R>(
  script: URL,
  jobs: readonly J[],
  threads: number,
  onResult: (result: R, index: number) => void,
): Promise<R[]> {
  const results = new Array<R>(jobs.length);
  const queue = jobs.entries();
  let failed = false;
  const drain = async (): Promise<void> => {
    for (const [index, job] of queue) {
      if (failed) return;
      results[index] = await runJob<J, R>(script, job);
      onResult(results[index], index);
    }
  };
  const stop = (error: unknown): never => {
    failed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, () => drain().catch(stop)));
  return results;
}

function runJob<J, R>(script: URL, job: J): Promise<R> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job });
    worker.on('message', (answer: JobAnswer<R>) => {
      if ('result' in answer) resolve(answer.result);
      else reject(Object.assign(new Error(answer.failure.message), answer.failure));
    });
    worker.on('error', reject);
    worker.on('messageerror', reject);
    worker.on('exit', (code) => reject(new Error(`a worker thread ended with code ${code}`)));
  });
}
