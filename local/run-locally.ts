import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { createCompareHandler } from '../functions/compare.ts';
import { createPlanHandler, type PlanEvent } from '../functions/plan.ts';
import { createReduceHandler } from '../functions/reduce.ts';
import type { CompareReceipt } from '../shared/comparison/compare-run.ts';
import { InputError } from '../shared/errors.ts';
import { DirectoryStore } from '../shared/io/store/directory-store.ts';
import { fileInputs, type Inputs } from '../shared/io/store/inputs.ts';
import { LOCAL_CHUNK_SECONDS } from '../shared/planning/chunk-count.ts';
import type { ScreenEvent, ScreenReceipt } from '../shared/runs/chunk-screening.ts';
import { lockKey, planKey } from '../shared/runs/run-keys.ts';
import { loadFinished } from '../shared/runs/run-outputs.ts';
import { damagedPlan } from '../shared/runs/run-plan.ts';
import { loadChunkList } from '../shared/runs/run-store.ts';
import { lockRun } from './run-lock.ts';
import type { Interruptible, RunWatch, WorkDone } from './run-watch.ts';
import { planningThreads } from './threads/planning-threads.ts';
import { runPool } from './threads/pool.ts';
import type { WorkerStart } from './threads/screen-worker.ts';

/** A run on this machine. */
export interface LocalRun extends PlanEvent {
  readonly out: string; // directory of the store
  readonly workers: number; // threads
  readonly inputs?: Inputs; // where planning finds what the run names. @default files
}

/** A finished run. */
export interface FinishedRun {
  readonly runId: string;
  readonly summary: Uint8Array; // bytes of summary.json
  readonly compared: CompareReceipt; // with the last run of its kind in the store
}

/**
 * Plan, screen every chunk on worker threads, reduce, compare: the very handlers that run in the cloud, over a directory.
 * What an earlier process finished is kept.
 *
 * @param interruptible runs work that its signal can stop; planning and reducing, which listen to nothing, stay outside
 * @throws {InputError} if another process works on the run
 */
export async function runLocally(run: LocalRun, watch: RunWatch, interruptible: Interruptible): Promise<FinishedRun> {
  const store = new DirectoryStore(run.out);
  await refuseRunDirectory(run.out);
  let release = async (): Promise<void> => undefined;
  try {
    const plan = createPlanHandler(async () => ({
      store,
      inputs: run.inputs ?? fileInputs,
      claim: async (runId) => {
        release = await lockRun(join(run.out, lockKey(runId)));
        await store.removePartial(`runs/${runId}`);
      },
      chunkSeconds: LOCAL_CHUNK_SECONDS,
      spendingLimit: null,
      onLongWork: (what) => watch.note(what),
      tasks: (bytes, name) => planningThreads(run.workers, { bytes, name }),
    }));
    const { runId, chunks, resumed } = await watch.planning(plan(run));
    const finished = await loadFinished(store, runId);
    if (finished !== undefined) return { runId, summary: finished, compared: await compareInStore(store, runId) };
    if (resumed && run.chunks !== undefined && run.chunks !== chunks)
      watch.note(`going on with the ${chunks} chunks that this run was planned with, not ${run.chunks}`);
    await interruptible(async (signal) => {
      await screenChunks(run, { store, runId, watch }, signal);
      signal.throwIfAborted();
    });
    await watch.ranking((onScored) => createReduceHandler(async () => ({ store, onScored }))({ runId }));
    const summary = await loadFinished(store, runId);
    if (summary === undefined) throw new Error(`the outputs of run ${runId} changed while they were written`);
    return { runId, summary, compared: await compareInStore(store, runId) };
  } finally {
    await release();
  }
}

function compareInStore(store: DirectoryStore, runId: string): Promise<CompareReceipt> {
  return createCompareHandler(async () => ({ store }))({ runId });
}

/** A run inside the directory of another one would be a mistake. */
async function refuseRunDirectory(out: string): Promise<void> {
  if (out === '') throw new InputError('the name of the output directory is empty', {}, 'Name a directory with --out.');
  if ((await new DirectoryStore(out).get('plan/run.json')) === undefined) return;
  throw new InputError(
    'this directory belongs to another run',
    { file: out },
    'Choose another output directory: runs are kept in runs/ below it.',
  );
}

interface PlannedRun {
  readonly store: DirectoryStore;
  readonly runId: string;
  readonly watch: RunWatch;
}

async function screenChunks(run: LocalRun, { store, runId, watch }: PlannedRun, signal: AbortSignal): Promise<void> {
  const planned = await loadChunkList(store, runId);
  if (planned === undefined) throw damagedPlan('it is missing', join(run.out, planKey(runId, 'run.json')));
  const { record, chunks } = planned;
  const events = chunks.map((range): ScreenEvent => ({ runId, ...range }));
  const workers = Math.min(run.workers, events.length);
  const screened = new Float64Array(new SharedArrayBuffer(8 * workers));
  let reused = 0;
  const look = (): WorkDone => ({
    done: screened.reduce((sum, count) => sum + count, 0),
    before: reused,
    total: record.counts.compositions,
  });
  const progress = watch.screening(look, record.options);
  const onReceipt = ({ key, compositions, reused: isReused, replaced }: ScreenReceipt): void => {
    if (isReused) reused += compositions;
    if (replaced !== undefined) progress.note(`${key} was damaged and is screened anew: ${replaced}`);
  };
  try {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const threads = Array.from({ length: workers }, (_, slot) =>
      startWorker({ directory: run.out, screened, slot, stop }),
    );
    await runPool(threads, events, onReceipt, { signal, onEnd: () => Atomics.store(stop, 0, 1) });
    progress.finish();
  } finally {
    progress.stop();
  }
}

/**
 * Megabytes that a thread's heap and buffers may have before all of it is collected. Every call of ONNX Runtime allocates
 * its result outside of the heap. With 40 that starts a walk through the whole heap four times a second, although what
 * was allocated since is garbage; from 48 on walks are rare. With much more, memory grows by garbage.
 */
const FIRST_COLLECTION_MB = 64;

function startWorker(start: WorkerStart): Worker {
  setFlagsFromString(`--initial-old-space-size=${FIRST_COLLECTION_MB}`);
  return new Worker(new URL('./threads/screen-worker.js', import.meta.url), { workerData: start });
}
