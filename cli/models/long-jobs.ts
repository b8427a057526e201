import { runJobs } from '../../local/threads/jobs.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { Progress } from '../terminal/progress.ts';
import { KeptInDirectory } from './kept-results.ts';

/** Jobs of a command that takes long. */
export interface LongJobs<J, R> {
  readonly script: URL; // see answerItems
  readonly jobs: readonly J[];
  readonly workers: number; // threads
  readonly unit: string; // what a job is, such as trainings
  readonly describe?: (result: R, index: number) => string; // a job that is done, for the user
  readonly out?: string | undefined; // the results are kept beside this file until {@link forgetJobs}; not at all if absent
}

/** Run jobs in threads and show how far they are. What is done when the user stops them is kept for the same command. */
export function runLongJobs<J extends object, R>(long: LongJobs<J, R>): Promise<R[]> {
  const { script, jobs, workers, unit, describe, out } = long;
  const kept = out === undefined ? undefined : new KeptInDirectory<J, R>(keptPath(out));
  const count = { done: 0, before: 0, total: jobs.length };
  const stopped = (): string =>
    kept === undefined || count.done + count.before === 0
      ? 'stopped; nothing is done that could be kept: the same command begins anew'
      : `stopped; ${count.done + count.before} of ${jobs.length} ${unit} are kept in ${kept.directory}: give the same command again to go on`;
  return interruptible(stopped, async (signal) => {
    const progress = new Progress(process.stderr, { unit, did: 'finished' }, () => count);
    const onResult = (result: R, index: number, wasKept: boolean): void => {
      count[wasKept ? 'before' : 'done']++;
      const which = `${count.done + count.before} of ${jobs.length} ${unit}${wasKept ? ', done before' : ''}`;
      if (describe !== undefined) progress.note(`${which}: ${describe(result, index)}`);
    };
    try {
      const results = await runJobs<J, R>(script, jobs, { threads: workers, onResult, kept, signal });
      progress.finish();
      return results;
    } finally {
      progress.stop();
    }
  });
}

/** Results that were kept for a file are not needed any more: it is written. */
export async function forgetJobs(out: string): Promise<void> {
  await new KeptInDirectory(keptPath(out)).remove();
}

function keptPath(out: string): string {
  return `${out}.unfinished`;
}
