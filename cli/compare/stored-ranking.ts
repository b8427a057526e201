import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { isDirectory } from '../../shared/io/store/files.ts';
import { beginsRunId } from '../../shared/run-id.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { wholeRunId } from '../runs/run-id.ts';

/**
 * Path of the ranking of a run on this machine, or undefined if there is none.
 *
 * @param run path of a ranking.csv or of its directory, or a run's id or its beginning
 * @param runs directory where runs are kept
 */
export async function findRanking(run: string, runs: string): Promise<string | undefined> {
  for (const path of [join(run, 'ranking.csv'), run]) if (await isFile(path)) return path;
  const runId = beginsRunId(run) ? await wholeRunId(run, runs) : undefined;
  const stored = runId && join(runs, outputKey(runId, 'ranking.csv'));
  return stored && (await isFile(stored)) ? stored : undefined;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await isDirectory(path));
  } catch (error) {
    if (error instanceof InputError) return false; // nothing there; the next place is tried
    throw error;
  }
}
