import { parentPort, workerData } from 'node:worker_threads';
import type { JobAnswer } from './worker-jobs.ts';

/**
 * The whole of a worker thread's module: do the job that the thread was started with, and answer. An error's class does
 * not survive the passage, its name does. A message, whatever it says, ends the thread as soon as it waits for anything.
 */
export async function answerJob<J, R>(run: (job: J) => R | Promise<R>): Promise<void> {
  parentPort?.on('message', () => process.exit(0));
  parentPort?.unref();
  try {
    parentPort?.postMessage({ result: await run(workerData as J) } satisfies JobAnswer<R>);
  } catch (error) {
    const { name, message, stack } = error as Error;
    parentPort?.postMessage({ failure: { name, message, stack } } satisfies JobAnswer<R>);
  }
}
