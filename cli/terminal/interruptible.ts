import { constants } from 'node:os';
import { Interruption } from './output.ts';

type Handler = (signal: NodeJS.Signals) => void;

const handlers: Handler[] = []; // the innermost work, which is the last, is stopped

/**
 * Work until done or until the user stops it.
 *
 * @param message what to tell a user who stopped it, then
 * @param work listens to its signal
 */
export function interruptible<T>(
  message: string | (() => string),
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void =>
    controller.abort(
      new Interruption(typeof message === 'string' ? message : message(), 128 + constants.signals[signal]),
    );
  return handling(stop, () => work(controller.signal));
}

/** The same for work that listens to nothing: the process ends at once, threads of work and all. */
export function endingOnSignal<T>(message: string, work: () => Promise<T>): Promise<T> {
  const stop = (signal: NodeJS.Signals): void => {
    process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${message}\n`);
    process.exit(128 + constants.signals[signal]);
  };
  return handling(stop, work);
}

async function handling<T>(stop: Handler, work: () => Promise<T>): Promise<T> {
  if (handlers.push(stop) === 1) process.on('SIGINT', dispatch).on('SIGTERM', dispatch);
  try {
    return await work();
  } finally {
    handlers.splice(handlers.indexOf(stop), 1);
    if (handlers.length === 0) process.off('SIGINT', dispatch).off('SIGTERM', dispatch);
  }
}

function dispatch(signal: NodeJS.Signals): void {
  process.off('SIGINT', dispatch).off('SIGTERM', dispatch); // a second signal ends the process at once
  handlers.at(-1)?.(signal);
}
