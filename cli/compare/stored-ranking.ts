import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { isDirectory } from '../../shared/io/store/files.ts';
import type { ObjectStore } from '../../shared/io/store/store.ts';
import { beginsRunId, isRunId } from '../../shared/run-id.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { RECEIPT } from '../../shared/runs/run-outputs.ts';
import { wholeRunId } from '../runs/run-id.ts';

const RANKING = 'ranking.csv';

/** Files that make the folder of a ranking one of a run, also where its receipt was lost. */
const OF_RUN = [RECEIPT, 'summary.json', 'plan/run.json'];

/** A ranking on this machine. */
export interface LocalRanking {
  readonly path: string; // of its CSV file
  readonly run?: { readonly store: ObjectStore; readonly runId: string }; // whose receipt vouches for it, unless it is a bare file
}

/**
 * The ranking of a run on this machine, or undefined if there is none.
 *
 * @param run path of a ranking.csv or of its directory, or a run's id or its beginning
 * @param runs directory where runs are kept
 * @throws {InputError} if the directory has files of a run, and is not at runs/ID
 */
export async function findRanking(run: string, runs: string): Promise<LocalRanking | undefined> {
  const folder = await folderOf(run);
  if (folder !== undefined && (await isOfRun(folder))) {
    const runId = basename(folder);
    if (!isAtRunId(folder)) throw strayRun(folder);
    return inStore(dirname(dirname(folder)), runId);
  }
  for (const path of [join(run, RANKING), run]) if (await isFile(path)) return { path };
  const runId = beginsRunId(run) ? await wholeRunId(run, runs) : undefined;
  return runId === undefined ? undefined : inStore(runs, runId);
}

function inStore(runs: string, runId: string): LocalRanking {
  return { path: join(runs, outputKey(runId, RANKING)), run: { store: new DirectoryStore(runs), runId } };
}

/** Folder that is given, or that of the ranking.csv that is given; links are followed. */
async function folderOf(run: string): Promise<string | undefined> {
  const path = await realpath(run).catch(() => undefined); // what is not there may be an id
  if (path === undefined) return undefined;
  if (await isDirectory(path)) return path;
  return basename(path) === RANKING ? dirname(path) : undefined;
}

async function isOfRun(folder: string): Promise<boolean> {
  if (isAtRunId(folder)) return true;
  for (const file of OF_RUN) if (await isFile(join(folder, file))) return true;
  return false;
}

function isAtRunId(folder: string): boolean {
  return isRunId(basename(folder)) && basename(dirname(folder)) === 'runs';
}

function strayRun(folder: string): InputError {
  return new InputError(
    'has files of a run, and a run is checked at runs/ID',
    { file: folder },
    'Move it back to its place, or copy its ranking.csv alone into another directory.',
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await isDirectory(path));
  } catch (error) {
    if (error instanceof InputError) return false; // nothing there; the next place is tried
    throw error;
  }
}
