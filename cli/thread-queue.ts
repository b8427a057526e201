import { parentPort, type Worker } from 'node:worker_threads';

/** An item to work on, or the end of the work. */
type QueueMessage<T> = { readonly item: T } | 'end';

/** What a thread answers to an item. An error's class does not survive the passage, its name does. */
type QueueAnswer<R> =
  | { readonly result: R }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

/**
 * Give every worker the next item as soon as it has answered the last one. The first failure or the signal stops all;
 * the threads have ended when this returns.
 *
 * @param workers threads that call {@link answerQueue}
 * @param items taken one by one, when there is a thread for them
 * @param onEnd called before threads are ended, which they do between items
 */
export async function runQueue<T, R>(
  workers: readonly Worker[],
  items: Iterable<T>,
  onResult: (result: R) => void,
  { signal, onEnd }: { readonly signal?: AbortSignal; readonly onEnd?: () => void } = {},
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  try {
    await Promise.all(workers.map((worker) => drainQueue(worker, queue, onResult, signal)));
  } finally {
    onEnd?.();
    for (const worker of workers) worker.postMessage('end' satisfies QueueMessage<T>);
    await Promise.all(ends);
  }
}

function drainQueue<T, R>(
  worker: Worker,
  queue: Iterator<T>,
  onResult: (result: R) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const entry = signal?.aborted ? undefined : queue.next();
      if (entry === undefined || entry.done) resolve();
      else worker.postMessage({ item: entry.value } satisfies QueueMessage<T>);
    };
    worker.on('message', (answer: QueueAnswer<R>) => {
      try {
        if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure);
        onResult(answer.result);
        next();
      } catch (error) {
        reject(error);
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a worker thread ended with code ${code}`)));
    signal?.addEventListener('abort', () => reject(signal.reason));
    next();
  });
}

/** The whole of a worker thread's module: answer items until the end. */
export function answerQueue<T, R>(handle: (item: T) => Promise<R>): void {
  const port = parentPort;
  if (port === null) throw new Error('this module runs in a worker thread only');
  port.on('message', (message: QueueMessage<T>) => {
    if (message === 'end') {
      port.close(); // with nothing left to wait for, the thread ends
      return;
    }
    handle(message.item).then(
      (result) => port.postMessage({ result } satisfies QueueAnswer<R>),
      ({ name, message: problem, stack }: Error) =>
        port.postMessage({ failure: { name, message: problem, stack } } satisfies QueueAnswer<R>),
    );
  });
}
