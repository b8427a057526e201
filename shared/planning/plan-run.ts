import { basename } from 'node:path';
import { type CloudStage, type CloudWork, DEFAULT_STAGE } from '../cost/cloud-simulation.ts';
import { priceOf } from '../cost/cost-estimate.ts';
import { IntegrityError } from '../errors.ts';
import type { Inputs } from '../io/store/inputs.ts';
import type { ConditionalStore, ObjectStore } from '../io/store/store.ts';
import { type AskedCompanions, findCurves, type PreparedCompanions, prepareCompanions } from '../models/companions.ts';
import { readAskedStudent } from '../models/current-student.ts';
import { openEncoder } from '../models/student-head.ts';
import { openStudent, type StudentSession } from '../models/student-session.ts';
import type { TaskRunner } from '../pruning/planning-tasks.ts';
import { chunksPrefix, planKey } from '../runs/run-keys.ts';
import { loadFinished } from '../runs/run-outputs.ts';
import { type RunRecord, runIdOf } from '../runs/run-plan.ts';
import { loadRunRecord, storeLocations, storePlan } from '../runs/run-store.ts';
import type { RunOptions } from '../screen/run-options.ts';
import { parseSpace } from '../space/space-file.ts';
import { checkCompanions } from './check-companions.ts';
import { chooseChunks } from './choose-chunks.ts';
import { defaultChunkCount, UNEVEN_CHUNK } from './chunk-count.ts';
import { prepareList } from './plan-list.ts';
import { prepareSpace } from './plan-space.ts';
import type { BoundsRequest, PreparedSource } from './prepared-source.ts';

/** What planning a run needs. */
export interface PlanRuntime {
  /** Holds the runs. */
  readonly store: ConditionalStore;
  readonly inputs: Inputs;
  /** Told which run it is before anything is stored; throws if that run is taken. */
  readonly claim: (runId: string) => Promise<void>;
  readonly spendingLimit: number | null; // in US dollars; null = none
  /** Told when something begins that takes minutes in large spaces. */
  readonly onLongWork?: (what: string) => void;
  /** Has tasks of planning with bounds done, with a student of these bytes; this thread does them if absent. */
  readonly tasks?: (studentBytes: Uint8Array, name: string) => TaskRunner;
  readonly chunkSeconds?: number; // of one vCPU that a chunk should take; if absent, what is best in the cloud
  readonly stage?: CloudStage; // that chunks are screened in, by which they are cut and priced; the default one if absent
}

/** A run to plan. */
export interface RunRequest {
  readonly space?: string; // name of the space file
  readonly compositions?: string; // instead of a space: name of a list of formulas, or of a folder of lists
  readonly student?: string | undefined; // name of the model file; the promoted student if absent
  readonly chunks: number; // wanted; 0 = by the size of the source
  readonly options: RunOptions;
  readonly asked: AskedCompanions;
}

/** What was planned. */
export interface PlanReceipt {
  readonly runId: string;
  readonly chunks: number;
  readonly compositions: number; // or rows of a list
  readonly costEstimate: number; // of screening all chunks in the cloud, in US dollars
  readonly spendingLimit: number | null; // in US dollars; null = none
  readonly withinLimit: boolean;
  readonly finished: boolean; // all outputs are there already: there is nothing to do
  readonly chunkList: string; // key of chunks.json
  readonly resumed: boolean; // the plan was there already, and it keeps its chunks
}

/** The student of a run with all that goes by its name. */
interface RunModels {
  readonly name: string; // of the student's file
  readonly bytes: Uint8Array;
  readonly student: StudentSession;
  readonly bounds?: BoundsRequest | undefined; // if the options ask for it
}

/**
 * Plan a run and store the plan. A run that is planned keeps its plan, so retries are safe.
 *
 * @throws {InputError} if source, student and companions do not belong together
 * @throws {IntegrityError} if a stored file of the run is damaged
 */
export async function planRun(request: RunRequest, runtime: PlanRuntime): Promise<PlanReceipt> {
  const { inputs, tasks } = runtime;
  const source = await prepareSource(request, inputs);
  const { name, bytes } = await readAskedStudent(request.student, inputs);
  const student = await openStudent(bytes, name, 1);
  let bounds: BoundsRequest | undefined;
  try {
    source.checkStudent(student);
    if (request.options.prune) bounds = { student, encoder: await openEncoder(bytes, name), run: tasks?.(bytes, name) };
    return await planWith(source, { name, bytes, student, bounds }, request, runtime);
  } finally {
    await Promise.all([student.release(), bounds?.encoder.release()]);
  }
}

async function planWith(
  source: PreparedSource,
  models: RunModels,
  request: RunRequest,
  runtime: PlanRuntime,
): Promise<PlanReceipt> {
  const { store, inputs, claim } = runtime;
  const { name, student } = models;
  const named = { name, labelsHash: student.metadata.labelsHash };
  const companions = await prepareCompanions(inputs, named, request.asked);
  await checkCompanions(companions, student, request);
  const curves = await findCurves(inputs, name, student.hash); // refuses a model that its card does not tell of
  const files = { ...companions.files, ...(curves && { 'curves.json': curves }) };
  const runId = runIdOf(source.identity, student.hash, companions.companions, request.options);
  await claim(runId);
  if (source.locations !== undefined) await storeLocations(store, runId, source.locations);
  const planned = await loadPlanned(store, runId);
  if (planned !== undefined) return receiptOf(planned, runtime, true);
  const { record, chunks } = await makePlan(runId, source, models, { ...companions, files }, request, runtime);
  return receiptOf(record, runtime, record.counts.chunks !== chunks);
}

/** Have the source planned, and store what came of it. */
async function makePlan(
  runId: string,
  prepared: PreparedSource,
  { name, bytes, student, bounds }: RunModels,
  { companions, files }: PreparedCompanions,
  { chunks: wanted, options }: RunRequest,
  { store, stage = DEFAULT_STAGE, chunkSeconds, onLongWork }: PlanRuntime,
): Promise<{ readonly record: RunRecord; readonly chunks: number }> {
  if (bounds) onLongWork?.('looking for a score that the whole ranking reaches');
  const chunkCount = (work: CloudWork): number => wanted || countChunks(work, stage, chunkSeconds);
  const { source, work, pruning, ranges } = await prepared.plan({ options, bounds, chunkCount });
  const described = { name: basename(name), hash: student.hash, threshold: student.metadata.threshold };
  const plan = { runId, source, student: described, companions, options, pruning, chunks: ranges };
  const record = await storePlan(store, { plan, work, studentBytes: bytes, companionFiles: files }, stage.platform);
  return { record, chunks: ranges.length };
}

/** @param chunkSeconds of one vCPU that a chunk should take; what is best in the cloud if absent */
function countChunks(work: CloudWork, stage: CloudStage, chunkSeconds: number | undefined): number {
  if (chunkSeconds === undefined) return chooseChunks(work, stage);
  return defaultChunkCount(work.compositions, work.rate * chunkSeconds * (work.isBounded ? UNEVEN_CHUNK : 1));
}

async function prepareSource({ space, compositions }: RunRequest, inputs: Inputs): Promise<PreparedSource> {
  if (compositions !== undefined) return prepareList(inputs, compositions);
  const file = space as string; // whoever reads the request sees to it
  return prepareSpace(parseSpace(Buffer.from(await inputs.read(file)).toString(), file), file);
}

/**
 * What `run.json` says, or undefined if the run is not planned yet.
 *
 * @throws {IntegrityError} if there are chunk results without it: a new plan may be cut otherwise, and could not use them
 */
async function loadPlanned(store: ObjectStore, runId: string): Promise<RunRecord | undefined> {
  const planned = await loadRunRecord(store, runId);
  if (planned !== undefined) return planned;
  const keys = await store.list(chunksPrefix(runId));
  if (keys.length === 0) return undefined;
  const meanwhile = await loadRunRecord(store, runId); // another execution may have planned and begun it
  if (meanwhile !== undefined) return meanwhile;
  throw new IntegrityError(
    `${keys.length} chunk results from ${keys[0]} on are there, but plan/run.json is missing`,
    { file: `${store.location}/runs/${runId}` },
    'Restore the plan, or delete the folder and start again.',
  );
}

async function receiptOf(
  { runId, counts, costEstimate }: RunRecord,
  { store, spendingLimit, stage = DEFAULT_STAGE }: PlanRuntime,
  resumed: boolean,
): Promise<PlanReceipt> {
  // The platform may have changed since the run was planned.
  const { total } = priceOf(costEstimate.vcpuSeconds, counts.chunks, stage.platform);
  return {
    runId,
    chunks: counts.chunks,
    compositions: counts.compositions,
    costEstimate: total,
    spendingLimit,
    withinLimit: spendingLimit === null || total <= spendingLimit,
    finished: (await loadFinished(store, runId)) !== undefined,
    chunkList: planKey(runId, 'chunks.json'),
    resumed,
  };
}
