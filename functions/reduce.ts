import type { ObjectStore } from '../shared/io/store.ts';
import { mergeChunks, type StoredChunk } from '../shared/ranking/merge.ts';
import { rankCompositions } from '../shared/ranking/ranking.ts';
import { rankingCsv, rankingParquet } from '../shared/ranking/ranking-files.ts';
import { encodeSummary, storeOutputs } from '../shared/report/run-outputs.ts';
import { summarize } from '../shared/report/summary.ts';
import { chunkKey, chunksPrefix, outputKey, planKey } from '../shared/screen/run-keys.ts';
import { damagedPlan, type RunPlan } from '../shared/screen/run-plan.ts';
import { loadPlan } from '../shared/screen/run-store.ts';
import { readEvent } from './events.ts';
import { once } from './once.ts';

/** What reducing a run needs. */
export interface ReduceRuntime {
  readonly store: ObjectStore;
}

/** What came out of a run. */
export interface ReduceReceipt {
  readonly runId: string;
  readonly screened: number;
  readonly passed: number;
  readonly ranked: number;
  readonly summary: string; // key of summary.json
}

/** Parse, merge, rank, store, acknowledge. The outputs of equal chunk results are equal bytes, so retries are safe. */
export function createHandler(load: () => Promise<ReduceRuntime>): (event: unknown) => Promise<ReduceReceipt> {
  const runtime = once(load);
  return async (event) => {
    const runId = readEvent(event, 'reduce').text('runId');
    const { store } = await runtime();
    const plan = (await loadPlan(store, runId))?.plan;
    if (plan === undefined) throw damagedPlan('it is missing', `${store.location}/${planKey(runId, 'run.json')}`);
    const { space, student, limits, chunks } = plan;
    const expected = {
      runId,
      studentHash: student.hash,
      compositions: space.compositions,
      chunks,
      top: limits.top,
    };
    const result = await mergeChunks(expected, storedChunks(store, plan));
    const ranking = rankCompositions(space, result.best);
    await storeOutputs(store, runId, {
      'ranking.csv': rankingCsv(ranking),
      'ranking.parquet': rankingParquet(ranking),
      'summary.json': encodeSummary(summarize(plan, result, ranking)),
    });
    const { screened, passed } = result;
    return { runId, screened, passed, ranked: ranking.length, summary: outputKey(runId, 'summary.json') };
  };
}

/** Everything that lies where the chunk results are kept. */
async function* storedChunks(store: ObjectStore, { runId, chunks }: RunPlan): AsyncGenerator<StoredChunk> {
  const places = new Map(chunks.map(({ chunk }) => [chunkKey(runId, chunk), chunk]));
  for (const key of await store.list(chunksPrefix(runId))) {
    const bytes = await store.get(key);
    if (bytes !== undefined) yield { name: key, chunk: places.get(key), bytes };
  }
}
