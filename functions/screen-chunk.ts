import { IntegrityError } from '../shared/errors.ts';
import { type Inputs, storeInputs } from '../shared/io/store/inputs.ts';
import type { ObjectStore } from '../shared/io/store/store.ts';
import { openEncoder } from '../shared/models/student-head.ts';
import { openStudent } from '../shared/models/student-session.ts';
import { resultProblem } from '../shared/ranking/merge.ts';
import { type ChunkPlan, loadChunkPlan } from '../shared/runs/chunk-plan.ts';
import { chunkKey, planKey } from '../shared/runs/run-keys.ts';
import { damagedPlan } from '../shared/runs/run-plan.ts';
import type { ChunkRange } from '../shared/screen/blocks.ts';
import { decodeChunkResult, encodeChunkResult } from '../shared/screen/chunk-result.ts';
import type { ChunkScreener } from '../shared/screen/chunk-screener.ts';
import { cutLimits } from '../shared/screen/run-options.ts';
import { fields, integer, type Shape, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What screening a chunk needs. */
export interface ScreenRuntime {
  readonly store: ObjectStore;
  readonly inputs: Inputs; // where a list was planned from
  readonly threads: number; // that one call of the student may use
  /** Told, while a chunk is screened, how many more compositions are done. */
  readonly onScreened: (compositions: number) => void;
}

/** A chunk to screen: an item of `chunks.json`. */
export interface ScreenEvent extends ChunkRange {
  readonly runId: string;
}

/** What became of a chunk. */
export interface ScreenReceipt {
  readonly chunk: number;
  readonly key: string; // of the result
  readonly compositions: number;
  readonly reused: boolean; // a good result was there already
  readonly replaced: string | undefined; // what was wrong with the result that was there
}

interface OpenRun {
  readonly plan: ChunkPlan;
  readonly screener: ChunkScreener;
}

/**
 * Parse, screen, store, acknowledge. A chunk that has a good result is not screened again, and a bad one is replaced,
 * so retries are safe.
 */
export function createScreenHandler(load: () => Promise<ScreenRuntime>): (event: unknown) => Promise<ScreenReceipt> {
  const runtime = once(load);
  let open: { readonly runId: string; readonly run: () => Promise<OpenRun> } | undefined; // outlives one invocation
  const screenChunk = async ({ runId, ...range }: ScreenEvent): Promise<ScreenReceipt> => {
    const { store, inputs, threads, onScreened } = await runtime();
    if (open?.runId !== runId) open = { runId, run: once(() => openRun(store, inputs, threads, runId)) };
    const { plan, screener } = await open.run();
    await checkRange(plan, range, store);
    const { chunk } = range;
    const key = chunkKey(runId, chunk);
    const compositions = range.end - range.start;
    const replaced = await problemOfStored(store, key, plan, range);
    if (replaced === undefined) return { chunk, key, compositions, reused: true, replaced };
    const result = await screener.screen(range, runId, onScreened);
    await store.put(key, encodeChunkResult(result));
    return { chunk, key, compositions, reused: false, replaced: replaced === ABSENT ? undefined : replaced };
  };
  return async (event) => {
    const chunk = parseEvent(EVENT, event, 'screen-chunk');
    return screenChunk(chunk).catch((error: unknown) => {
      throw namedAfter(chunk, error);
    });
  };
}

/** An error that says which chunk it is of: a map tells of its children only that too many failed. */
function namedAfter({ runId, chunk, start, end }: ScreenEvent, error: unknown): unknown {
  if (error instanceof Error) error.message = `run ${runId}, chunk ${chunk} [${start}, ${end}): ${error.message}`;
  return error;
}

async function openRun(store: ObjectStore, inputs: Inputs, threads: number, runId: string): Promise<OpenRun> {
  const plan = await loadChunkPlan(store, runId);
  if (plan === undefined) throw damagedPlan('it is missing', `${store.location}/${planKey(runId, 'run.json')}`);
  const { studentBytes, pruning } = plan;
  const student = await openStudent(studentBytes, plan.student.name, threads);
  const bounds = pruning && { encoder: await openEncoder(studentBytes, plan.student.name), pruning };
  return { plan, screener: plan.screener(student, cutLimits(plan.options), inputs, bounds) };
}

async function checkRange(plan: ChunkPlan, { chunk, start, end }: ChunkRange, { location }: ObjectStore) {
  const planned = await plan.range(chunk);
  if (planned?.start !== start || planned.end !== end) {
    const actual = planned === undefined ? 'not there' : `[${planned.start}, ${planned.end})`;
    throw damagedPlan(`chunk ${chunk} was asked for as [${start}, ${end}) and is ${actual} in the plan`, location);
  }
}

const EVENT: Shape<ScreenEvent> = fields({ runId: text, chunk: integer(), start: integer(), end: integer(1) });

const ABSENT = 'absent';

/** Why a chunk must be screened, or undefined if its stored result is good. */
async function problemOfStored(
  store: ObjectStore,
  key: string,
  { runId, student }: ChunkPlan,
  range: ChunkRange,
): Promise<string | undefined> {
  const bytes = await store.get(key);
  if (bytes === undefined) return ABSENT;
  try {
    const result = decodeChunkResult(bytes, key);
    const isOther = result.chunk !== range.chunk;
    const problem = resultProblem({ runId, studentHash: student.hash }, isOther ? result : range, result);
    return problem ?? (isOther ? `it is a double of chunk ${result.chunk}` : undefined);
  } catch (error) {
    if (error instanceof IntegrityError) return error.problem;
    throw error;
  }
}

async function loadCloud(): Promise<ScreenRuntime> {
  const { store, vcpus } = await cloudRuntime();
  return { store, inputs: storeInputs(store), threads: vcpus, onScreened: () => undefined };
}

export const handler = observed('screen-chunk', createScreenHandler(loadCloud), ({ compositions, reused }) => ({
  Chunks: 1,
  Compositions: reused ? 0 : compositions,
}));
