import { type ComparedLine, compareRuns, parseComparedLines } from '../../shared/comparison/compare-runs.ts';
import { InputError } from '../../shared/errors.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { describeComparison } from '../runs/describe-comparison.ts';
import { findRanking } from '../runs/stored-ranking.ts';
import type { CloudOptions } from './options.ts';

export interface DiffOptions extends CloudOptions {
  readonly out: string; // directory where runs are kept
  readonly top?: number; // lines to compare, from the best; all if absent
  readonly limit: number; // lines to print of each kind
}

/** `cloud diff`: what entered, left and moved between two rankings. */
export async function diff(before: string, after: string, options: DiffOptions): Promise<void> {
  const [earlier, later] = [await readRanking(before, options), await readRanking(after, options)];
  const { top = Number.POSITIVE_INFINITY } = options;
  const comparison = compareRuns(earlier.slice(0, top), later.slice(0, top));
  process.stdout.write(
    options.json ? `${JSON.stringify(comparison, undefined, 2)}\n` : describeComparison(comparison, options.limit),
  );
}

/**
 * Lines of a ranking.
 *
 * @param run path of a ranking.csv or of its directory; or a run's id, looked up under `--out` and then in the cloud
 */
async function readRanking(run: string, options: DiffOptions): Promise<ComparedLine[]> {
  const path = await findRanking(run, options.out);
  if (path !== undefined) return parseComparedLines(await readText(path), path);
  if (!/^[0-9a-f]+$/.test(run))
    throw new InputError('there is no ranking', { file: run }, "Name a ranking.csv, its directory, or a run's id.");
  const { downloadOutput } = await import('./results.ts');
  return parseComparedLines(Buffer.from(await downloadOutput(run, 'ranking.csv', options)).toString(), `run ${run}`);
}
