import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { runIds } from './listed-runs.ts';

/**
 * The whole id of a run of which the beginning is given, as lists and pages show it.
 *
 * @param runs directory where runs are kept
 * @returns undefined if no run there begins so
 * @throws {InputError} if several do
 */
export async function wholeRunId(beginning: string, runs: string): Promise<string | undefined> {
  const ids = await runIds(join(runs, 'runs'));
  if (ids.includes(beginning)) return beginning;
  const found = ids.filter((id) => id.startsWith(beginning));
  if (found.length < 2) return found[0];
  throw new InputError(
    `${found.length} runs begin with ${beginning}: ${found.join(', ')}`,
    { file: runs },
    'Give more of the id.',
  );
}
