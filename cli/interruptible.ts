import { constants } from 'node:os';
import { Interruption } from './output.ts';

/**
 * Work until done or until the user stops it.
 *
 * @param message what to tell a user who stopped it
 */
export async function interruptible<T>(message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    controller.abort(new Interruption(message, 128 + constants.signals[signal]));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop); // a second signal ends the process at once
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
