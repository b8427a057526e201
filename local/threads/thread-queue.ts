import { parentPort, type Worker } from 'node:worker_threads';
import { InputError, IntegrityError, IonsieveError } from '../../shared/errors.ts';

/** An item to work on, or the end of the work. */
type QueueMessage<T> = { readonly item: T } | 'end';

/** An error as it passes between threads, which its class does not survive. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly said?: Pick<IonsieveError, 'problem' | 'place' | 'remedy'>;
}

/** What a thread answers to an item. */
type QueueAnswer<R> = { readonly result: R } | { readonly failure: Failure };

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
        if ('failure' in answer) throw revived(answer.failure);
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
      (error: Error) => port.postMessage({ failure: failureOf(error) } satisfies QueueAnswer<R>),
    );
  });
}

function failureOf(error: Error): Failure {
  const { name, message, stack } = error;
  if (!(error instanceof IonsieveError)) return { name, message, stack };
  const { problem, place, remedy } = error;
  return { name, message, stack, said: { problem, place, remedy } };
}

/** The error with its class; one that nobody foresaw keeps its name. */
function revived({ said, ...failure }: Failure): Error {
  const Kind = [InputError, IntegrityError].find((kind) => kind.name === failure.name);
  if (said === undefined || Kind === undefined) return Object.assign(new Error(failure.message), failure);
  return Object.assign(new Kind(said.problem, said.place, said.remedy), { stack: failure.stack });
}
