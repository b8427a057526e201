import '../../shared/onnx/no-telemetry.ts'; // threads take over the environment, where native code reads nothing that they set
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, type Worker } from 'node:worker_threads';
import { type PassedError, passError, reviveError } from './passed-error.ts';

/** An item to work on; the end of the work, after the item at hand; or a stop, as soon as the thread waits for anything. */
type PoolMessage<T> = { readonly item: T } | 'end' | 'stop';

/** What a thread answers to an item. */
type PoolAnswer<R> = { readonly result: R } | { readonly failure: PassedError };

/** How a pool of threads ends. */
export interface PoolSettings {
  readonly signal?: AbortSignal | undefined; // stops all
  /** Called before threads are ended. */
  readonly onEnd?: () => void;
  /** Threads that still compute so long after a failure or the signal are terminated; if absent, they are waited for. */
  readonly graceMs?: number;
}

/**
 * Give every thread the next item as soon as it has answered the last one. The first failure or the signal stops all; the
 * threads have ended when this returns.
 *
 * @param workers threads that call {@link answerItems}
 * @param items taken one by one, when there is a thread for them
 * @param onResult awaited before that thread gets its next item
 */
export async function runPool<T, R>(
  workers: readonly Worker[],
  items: Iterable<T>,
  onResult: (result: R, item: T) => unknown,
  { signal, onEnd, graceMs }: PoolSettings = {},
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  let last: PoolMessage<T> = graceMs === undefined ? 'end' : 'stop';
  try {
    await Promise.all(workers.map((worker) => drainQueue(worker, queue, onResult, signal)));
    last = 'end';
  } finally {
    onEnd?.();
    for (const worker of workers) worker.postMessage(last);
    const ended = Promise.all(ends);
    if (last === 'stop') await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
    if (last === 'stop') await Promise.all(workers.map((worker) => worker.terminate()));
    await ended;
  }
}

function drainQueue<T, R>(
  worker: Worker,
  queue: Iterator<T>,
  onResult: (result: R, item: T) => unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let item: T;
    const next = (): void => {
      const entry = signal?.aborted ? undefined : queue.next();
      if (entry === undefined || entry.done) resolve();
      else {
        item = entry.value;
        worker.postMessage({ item } satisfies PoolMessage<T>);
      }
    };
    const take = async (answer: PoolAnswer<R>): Promise<void> => {
      if ('failure' in answer) throw reviveError(answer.failure);
      await onResult(answer.result, item);
      next();
    };
    worker.on('message', (answer: PoolAnswer<R>) => take(answer).catch(reject));
    worker.on('messageerror', reject);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a worker thread ended with code ${code}`)));
    signal?.addEventListener('abort', () => reject(signal.reason));
    next();
  });
}

/** The whole of a worker thread's module: answer items until the end. */
export function answerItems<T, R>(handle: (item: T) => R | Promise<R>): void {
  const port = parentPort;
  if (port === null) throw new Error('this module runs in a worker thread only');
  const answer = async (item: T): Promise<PoolAnswer<R>> => {
    try {
      return { result: await handle(item) };
    } catch (error) {
      return { failure: passError(error) };
    }
  };
  port.on('message', (message: PoolMessage<T>) => {
    if (message === 'stop') process.exit(0); // of this thread alone
    if (message === 'end')
      port.close(); // with nothing left to wait for, the thread ends
    else void answer(message.item).then((said) => port.postMessage(said));
  });
}
