import { join } from 'node:path';
import { InputError } from '../shared/errors.ts';
import { parseCsv } from '../shared/io/csv.ts';
import { isDirectory } from '../shared/io/files.ts';
import { readText } from '../shared/io/lines.ts';
import { type ComparedLine, compareRuns, type RunComparison } from '../shared/ranking/compare-runs.ts';
import { outputKey } from '../shared/screen/run-keys.ts';
import type { CloudOptions } from './cloud-options.ts';
import { formatCount, formatTable } from './output.ts';

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
    options.json ? `${JSON.stringify(comparison, undefined, 2)}\n` : describe(comparison, options.limit),
  );
}

/**
 * Lines of a ranking.
 *
 * @param run path of a ranking.csv or of its directory; or a run's id, looked up under `--out` and then in the cloud
 */
async function readRanking(run: string, options: DiffOptions): Promise<ComparedLine[]> {
  const name = join(options.out, outputKey(run, 'ranking.csv'));
  for (const path of [join(run, 'ranking.csv'), run, name])
    if (await isFile(path)) return parseRanking(await readText(path), path);
  if (!/^[0-9a-f]+$/.test(run))
    throw new InputError('there is no ranking', { file: run }, "Name a ranking.csv, its directory, or a run's id.");
  const { downloadOutput } = await import('./cloud-results.ts');
  return parseRanking(Buffer.from(await downloadOutput(run, 'ranking.csv', options)).toString(), `run ${run}`);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await isDirectory(path));
  } catch (error) {
    if (error instanceof InputError) return false; // nothing there; the next place is tried
    throw error;
  }
}

function parseRanking(text: string, file: string): ComparedLine[] {
  return parseCsv(text, file, ['rank', 'formula', 'probability']).rows.map((row) => ({
    rank: row.number('rank'),
    formula: row.required('formula'),
    probability: row.number('probability'),
  }));
}

function describe({ entered, left, moved, stayed }: RunComparison, limit: number): string {
  const lines = (listed: readonly ComparedLine[]): string =>
    formatTable(
      ['rank', 'formula', 'probability'],
      listed.slice(0, limit).map(({ rank, formula, probability }) => [rank, formula, probability.toFixed(6)]),
    );
  const moves = moved
    .slice(0, limit)
    .map(({ formula, from, to, probabilityBefore, probabilityAfter }) => [
      ...[from, to, formula],
      ...[probabilityBefore.toFixed(6), probabilityAfter.toFixed(6)],
    ]);
  return [
    section('entered', entered.length, limit, lines(entered)),
    section('left', left.length, limit, lines(left)),
    section('moved', moved.length, limit, formatTable(['from', 'to', 'formula', 'before', 'after'], moves)),
    `${formatCount(stayed)} stayed where they were\n`,
  ].join('');
}

function section(what: string, count: number, limit: number, table: string): string {
  if (count === 0) return `none ${what}\n`;
  const shown = count > limit ? `, of which ${formatCount(limit)} are shown` : '';
  return `${formatCount(count)} ${what}${shown}\n${table}\n`;
}
