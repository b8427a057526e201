import { basename, resolve } from 'node:path';
import { type ComparedLine, compareRuns, parseComparedLines } from '../../shared/comparison/compare-runs.ts';
import { type ComparableRun, loadFinishedRun } from '../../shared/comparison/compare-with-last.ts';
import { type RunInputs, runChanges } from '../../shared/comparison/run-changes.ts';
import { InputError } from '../../shared/errors.ts';
import { readTableText } from '../../shared/io/tables/table-file.ts';
import { formatJson } from '../../shared/json.ts';
import { runName } from '../../shared/report/summary.ts';
import type { AccountOptions } from '../cloud/options.ts';
import { checkOutput, tellBeside, writeTogether } from '../terminal/output-files.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { describeComparison } from './describe-comparison.ts';
import { findRanking } from './stored-ranking.ts';

interface CompareOptions extends AccountOptions {
  readonly runs: string; // directory where runs are kept
  readonly out?: string; // of the page
  readonly top?: number; // lines to compare, from the best; all if absent
  readonly limit: number; // lines to print of each kind
  readonly json?: boolean;
}

/** `compare`: what entered, left and moved between two rankings, and why. */
export async function runCompare(before: string, after: string, options: CompareOptions): Promise<void> {
  const [earlier, later] = [await readRun(before, options), await readRun(after, options)];
  const { out, top = Number.POSITIVE_INFINITY, limit } = options;
  const paths = [earlier.path, later.path].filter((path) => path !== undefined);
  await tellInputs(paths);
  if (out !== undefined) await checkOutput(out, paths);
  const comparison = compareRuns(earlier.lines.slice(0, top), later.lines.slice(0, top));
  const changes = earlier.inputs && later.inputs && runChanges(earlier.inputs, later.inputs);
  if (out !== undefined) {
    const { comparisonPage } = await import('../../shared/comparison/comparison-page.ts'); // plots take long to load
    const page = comparisonPage({ before: earlier.name, after: later.name, comparison, ...(changes && { changes }) });
    await writeTogether([[out, Buffer.from(page)]]);
  }
  if (options.json) await tellBeside(out, formatJson({ ...comparison, changes }));
  else {
    const why = changes?.map(({ what, before: was, after: is }) => `${what}: ${was} → ${is}\n`) ?? [];
    const page = out === undefined ? '' : `page written to ${out}\n`;
    await tellBeside(out, `${why.join('')}${describeComparison(comparison, limit)}${page}`);
  }
}

interface ComparedRun {
  readonly path?: string; // of its ranking, if that lies on this machine
  readonly name: string;
  readonly lines: readonly ComparedLine[];
  readonly inputs?: RunInputs; // of a run; a bare ranking has none
}

async function readRun(run: string, options: CompareOptions): Promise<ComparedRun> {
  if (!/^s3:/i.test(run)) return readLocalRun(run, options.runs);
  const { loadFromBucket } = await import('./bucket-run.ts'); // the SDK takes long to load
  return named(await loadFromBucket(run, options));
}

async function readLocalRun(given: string, runs: string): Promise<ComparedRun> {
  const found = await findRanking(given, runs);
  if (found === undefined)
    throw new InputError(
      `there is no ranking, and no run of ${runs} begins so`,
      { file: given },
      "Name a ranking.csv, its directory, or a run's id, with --runs if runs are kept elsewhere; of a run in the cloud, s3://BUCKET/runs/ID.",
    );
  const { path, run } = found;
  if (run !== undefined) return { path, ...named(await loadFinishedRun(run.store, run.runId)) };
  return { path, name: basename(resolve(path)), lines: parseComparedLines(await readTableText(path), path) };
}

function named({ lines, inputs }: ComparableRun): ComparedRun {
  return { name: runName(inputs.summary), lines, inputs };
}
