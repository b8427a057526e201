import { basename, dirname, join, resolve } from 'node:path';
import { type ComparedLine, compareRuns, parseComparedLines } from '../../shared/comparison/compare-runs.ts';
import { type RunInputs, runChanges } from '../../shared/comparison/run-changes.ts';
import { InputError } from '../../shared/errors.ts';
import { readBytes } from '../../shared/io/store/files.ts';
import { readTableText } from '../../shared/io/tables/table-file.ts';
import { formatJson } from '../../shared/json.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { decodeSummary, runName } from '../../shared/report/summary.ts';
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
  readonly path?: string | undefined; // of its ranking, if that lies on this machine
  readonly name: string;
  readonly lines: readonly ComparedLine[];
  readonly inputs?: RunInputs | undefined; // if there is a summary beside the ranking
}

async function readRun(run: string, options: CompareOptions): Promise<ComparedRun> {
  if (!run.startsWith('s3:')) return readLocalRun(run, options.runs);
  const { loadFromBucket } = await import('./bucket-run.ts'); // the SDK takes long to load
  const { lines, inputs } = await loadFromBucket(run, options);
  return { name: runName(inputs.summary), lines, inputs };
}

async function readLocalRun(run: string, runs: string): Promise<ComparedRun> {
  const path = await findRanking(run, runs);
  if (path === undefined)
    throw new InputError(
      `there is no ranking, and no run of ${runs} begins so`,
      { file: run },
      "Name a ranking.csv, its directory, or a run's id, with --runs if runs are kept elsewhere; of a run in the cloud, s3://BUCKET/runs/ID.",
    );
  const lines = parseComparedLines(await readTableText(path), path);
  const inputs = await readInputs(dirname(path));
  const name = inputs === undefined ? basename(resolve(path)) : runName(inputs.summary);
  return { path, name, lines, inputs };
}

/** What the files beside a ranking say of its inputs. */
async function readInputs(directory: string): Promise<RunInputs | undefined> {
  const file = join(directory, 'summary.json');
  const summary = await readIfThere(file);
  if (summary === undefined) return undefined;
  const path = join(directory, 'plan', 'student.onnx');
  const student = await readIfThere(path);
  const teacherHash = student && readStudentMetadata(student, path).teacherHash;
  return { summary: decodeSummary(summary, file), ...(teacherHash === undefined ? {} : { teacherHash }) };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
