import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packagePath } from '../../local/shipped/package-root.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { chunkKey, chunksPrefix } from '../../shared/runs/run-keys.ts';
import { loadChunkList } from '../../shared/runs/run-store.ts';
import type { ChunkRange } from '../../shared/screen/blocks.ts';
import { readProcess } from './process-state.ts';
import { formatSample, SAMPLES_HEADER, type SoakSample } from './soak-samples.ts';

const INTERVAL_MS = 10_000;

/** A run to look at. */
export interface SoakRun {
  readonly space: string; // path of the space file
  readonly workers: number;
  readonly directory: string; // of the store, where nothing is yet
}

/**
 * Screen a space by the command line, and look at its process from outside every ten seconds.
 *
 * @param file CSV file that gets a line for each look
 * @param stop ends the run
 * @returns exit code, null if a signal ended it
 */
export async function watchRun(run: SoakRun, file: string, stop: AbortSignal): Promise<number | null> {
  const { space, workers, directory } = run;
  const args = ['screen', '--space', space, '--workers', String(workers), '--out', directory];
  await writeFile(file, SAMPLES_HEADER);
  const begin = performance.now();
  const child = spawn(process.execPath, [packagePath('dist/cli/main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  stop.addEventListener('abort', () => child.kill());
  const end = new AbortController();
  const ended = once(child, 'exit').finally(() => end.abort()) as Promise<[number | null]>;
  const progress = new StoredProgress(directory);
  while (!end.signal.aborted) {
    const state = await readProcess(child.pid as number);
    const done = await progress.look();
    const seconds = (performance.now() - begin) / 1000;
    if (state !== undefined) await appendFile(file, formatSample({ ...state, ...done, seconds }));
    await pause(INTERVAL_MS, undefined, end).catch(() => undefined);
  }
  return (await ended)[0];
}

interface Planned {
  readonly runId: string;
  readonly compositions: ReadonlyMap<string, number>; // of a chunk, by the key of its result
}

/** How far the one run in a store is, by the chunk results that are there. */
class StoredProgress {
  private readonly store: DirectoryStore;
  private planned: Planned | undefined;

  constructor(directory: string) {
    this.store = new DirectoryStore(directory);
  }

  async look(): Promise<Pick<SoakSample, 'compositions' | 'chunks'>> {
    this.planned ??= await this.findPlan();
    if (this.planned === undefined) return { compositions: 0, chunks: 0 };
    const { runId, compositions } = this.planned;
    const counts = (await this.store.list(chunksPrefix(runId))).flatMap((key) => compositions.get(key) ?? []);
    return { compositions: counts.reduce((sum, count) => sum + count, 0), chunks: counts.length };
  }

  private async findPlan(): Promise<Planned | undefined> {
    const runId = (await readdir(join(this.store.location, 'runs')).catch(() => [])).at(0);
    const loaded = runId === undefined ? undefined : await loadChunkList(this.store, runId);
    if (runId === undefined || loaded === undefined) return undefined;
    const sizeOf = ({ chunk, start, end }: ChunkRange) => [chunkKey(runId, chunk), end - start] as const;
    return { runId, compositions: new Map(loaded.chunks.map(sizeOf)) };
  }
}
