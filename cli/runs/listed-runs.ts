import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IonsieveError } from '../../shared/errors.ts';
import { fileError } from '../../shared/io/store/file-error.ts';
import type { ListedRun } from '../../shared/report/runs-page.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import { isRunId } from '../../shared/run-id.ts';
import { chunksPrefix, outputKey, planKey } from '../../shared/runs/run-keys.ts';
import { loadRunRecord } from '../../shared/runs/run-store.ts';
import type { ContainedStore } from './contained-store.ts';

/** Outputs of a run that are shown, in the order in which they are listed. */
export const SHOWN_FILES = [
  ...['report.html', 'ranking.csv', 'ranking.parquet', 'summary.json', 'skipped.csv'],
  ...['comparison.html', 'comparison.json', 'receipt.json'],
] as const;

/** Runs of a directory, the newest first, and why others cannot be listed. */
export interface RunList {
  readonly runs: readonly ListedRun[];
  readonly problems: readonly string[];
}

/** See {@link RunList}. Folders without a plan are no runs and are passed over. */
export async function listRuns(store: ContainedStore): Promise<RunList> {
  const runs: ListedRun[] = [];
  const problems: string[] = [];
  for (const runId of await runIds(join(store.location, 'runs'))) {
    try {
      const run = await listedRun(store, runId);
      if (run !== undefined) runs.push(run);
    } catch (error) {
      if (!(error instanceof IonsieveError)) throw error;
      problems.push(error.message);
    }
  }
  return { runs: runs.sort((a, b) => b.changed.getTime() - a.changed.getTime()), problems };
}

/** Ids of what may be runs, ascending. */
export async function runIds(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => isRunId(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileError(error, directory);
  }
}

async function listedRun(store: ContainedStore, runId: string): Promise<ListedRun | undefined> {
  const record = await loadRunRecord(store, runId);
  if (record === undefined) return undefined;
  const files: string[] = [];
  for (const file of SHOWN_FILES) if ((await store.stat(outputKey(runId, file))) !== undefined) files.push(file);
  const isComplete = files.includes('receipt.json');
  const summary = isComplete ? await store.get(outputKey(runId, 'summary.json')) : undefined;
  const marker = isComplete ? outputKey(runId, 'receipt.json') : planKey(runId, 'run.json');
  return {
    runId,
    files,
    source: (record.space as { readonly name: string } | undefined)?.name ?? record.list?.name ?? '',
    student: { name: record.student.name, hash: record.student.hash },
    changed: (await stat(join(store.location, marker))).mtime,
    chunks: { done: (await store.list(chunksPrefix(runId))).length, total: record.counts.chunks },
    ...(summary === undefined ? {} : { finished: finishedCounts(summary) }),
  };
}

function finishedCounts(bytes: Uint8Array): ListedRun['finished'] {
  const { screened, passed, top } = decodeSummary(bytes);
  return { screened, passed, top: top[0]?.formula };
}
