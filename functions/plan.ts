import { basename } from 'node:path';
import { type CloudStage, cloudWork, DEFAULT_STAGE } from '../shared/cost/cloud-simulation.ts';
import { priceOf, type ScreenPlatform } from '../shared/cost/cost-estimate.ts';
import { parseCriteria } from '../shared/criteria/criteria.ts';
import { InputError, IntegrityError } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import type { Inputs } from '../shared/io/store/inputs.ts';
import type { ConditionalStore, ObjectStore } from '../shared/io/store/store.ts';
import { readMeasured } from '../shared/labels/measured.ts';
import { checkCommittee, openCommittee } from '../shared/models/committee-session.ts';
import {
  type AskedCompanions,
  findCurves,
  type PreparedCompanions,
  prepareCompanions,
} from '../shared/models/companions.ts';
import { CURRENT_STUDENT_KEY, decodeCurrentStudent } from '../shared/models/current-student.ts';
import { openEncoder } from '../shared/models/student-head.ts';
import { openStudent, type StudentSession } from '../shared/models/student-session.ts';
import { chooseChunks } from '../shared/planning/choose-chunks.ts';
import { defaultChunkCount, UNEVEN_CHUNK } from '../shared/planning/chunk-count.ts';
import type { PreparedSource } from '../shared/planning/prepared-source.ts';
import type { TaskRunner } from '../shared/pruning/planning-tasks.ts';
import type { BoundedStudent } from '../shared/pruning/pruning.ts';
import { chunksPrefix, MAX_CHUNKS, planKey } from '../shared/runs/run-keys.ts';
import { loadFinished } from '../shared/runs/run-outputs.ts';
import { type RunPlan, type RunRecord, runIdOf } from '../shared/runs/run-plan.ts';
import { loadRunRecord, storeLocations, storePlan } from '../shared/runs/run-store.ts';
import { type AskedOptions, cutLimits, type RunOptions } from '../shared/screen/run-options.ts';
import { prepareList } from '../shared/sources/list-source.ts';
import type { CompositionSource } from '../shared/sources/source.ts';
import { prepareSpace } from '../shared/sources/space-source.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import { readEvent } from './events.ts';
import { once } from './once.ts';
import { readCompanions, readRunOptions } from './run-request.ts';

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
export interface PlanEvent extends AskedOptions, AskedCompanions {
  readonly space?: string; // name of the space file
  readonly compositions?: string; // instead of a space: name of a list of formulas, or of a folder of lists
  readonly student?: string; // name of the model file; the promoted student if absent
  readonly chunks?: number; // wanted; 0 or absent = by the size of the source
}

/** The event, read. */
interface PlanRequest extends Pick<PlanEvent, 'space' | 'compositions' | 'student'> {
  readonly chunks: number;
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

/** Parse, plan, store, acknowledge. A run that is planned keeps its plan, so retries are safe. */
export function createPlanHandler(load: () => Promise<PlanRuntime>): (event: unknown) => Promise<PlanReceipt> {
  const runtime = once(load);
  return async (event) => {
    const request = parsePlanEvent(event);
    const { store, inputs, claim, spendingLimit, tasks, stage = DEFAULT_STAGE, ...pace } = await runtime();
    const { platform } = stage;
    const budget = { spendingLimit, platform };
    const source = await prepareSource(request, inputs);
    const { name, bytes } = await readStudent(request.student, inputs);
    const student = await openStudent(bytes, name, 1);
    let bounded: BoundedStudent | undefined;
    try {
      source.checkStudent(student);
      if (request.options.prune) bounded = { student, encoder: await openEncoder(bytes, name) };
      const named = { name, labelsHash: student.metadata.labelsHash };
      const companions = await prepareCompanions(inputs, named, request.asked);
      await checkCompanions(companions, student, request);
      const curves = await findCurves(inputs, name, student.hash);
      const runId = runIdOf(source.identity, student.hash, companions.companions, request.options);
      await claim(runId);
      if (source.locations !== undefined) await storeLocations(store, runId, source.locations);
      const planned = await loadPlanned(store, runId);
      if (planned !== undefined) return await receiptOf(store, planned, budget, true);
      const models = { name, student, bounded, tasks: tasks?.(bytes, name), companions };
      const plan = await makePlan(runId, source.build(), models, request, { stage, ...pace });
      const companionFiles = { ...companions.files, ...(curves && { 'curves.json': curves }) };
      const record = await storePlan(store, { plan, studentBytes: bytes, companionFiles }, platform);
      return await receiptOf(store, record, budget, record.counts.chunks !== plan.chunks.length);
    } finally {
      await Promise.all([student.release(), bounded?.encoder.release()]);
    }
  };
}

/** Refuse, before anything is screened, what could not be used when all is. */
async function checkCompanions(
  { companions, files }: PreparedCompanions,
  student: StudentSession,
  { asked, options }: PlanRequest,
): Promise<void> {
  const { committee } = companions;
  const { mobileIon } = student.metadata;
  if (options.criteria !== undefined) parseCriteria(options.criteria, 'event of plan', mobileIon);
  if ('absent' in committee && options.rankBy !== 'student')
    throw new InputError(
      `the ranking is to go by the committee's ${options.rankBy}, and ${committee.absent}`,
      { column: 'rankBy' },
      "Name a committee that was made from the student's labels, or rank by the student.",
    );
  const bytes = files['committee.onnx'];
  if (bytes !== undefined) {
    const name = asked.committee ?? 'committee.onnx';
    const session = await openCommittee(bytes, name);
    await session.release();
    checkCommittee(session.metadata, student.metadata, name);
  }
  if (files['measured.csv'] !== undefined) readMeasured(files['measured.csv'], asked.measured as string, mobileIon);
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

async function prepareSource({ space, compositions }: PlanRequest, inputs: Inputs): Promise<PreparedSource> {
  if (compositions !== undefined) return prepareList(inputs, compositions);
  const file = space as string; // parsePlanEvent has seen to it
  return prepareSpace(parseSpace(Buffer.from(await inputs.read(file)).toString(), file), file);
}

/** The student that was asked for, or the promoted one after its hash was checked. */
async function readStudent(asked: string | undefined, inputs: Inputs): Promise<{ name: string; bytes: Uint8Array }> {
  if (asked !== undefined) return { name: asked, bytes: await inputs.read(asked) };
  const current = decodeCurrentStudent(await inputs.read(CURRENT_STUDENT_KEY), CURRENT_STUDENT_KEY);
  const bytes = await inputs.read(current.student);
  const actual = sha256(bytes);
  if (actual !== current.hash)
    throw new IntegrityError(
      `its SHA-256 is ${actual}, and ${CURRENT_STUDENT_KEY} says ${current.hash}`,
      { file: current.student },
      'Restore the earlier version of the model, or promote a student again.',
    );
  return { name: current.student, bytes };
}

interface Budget {
  readonly spendingLimit: number | null;
  readonly platform: ScreenPlatform;
}

async function receiptOf(
  store: ObjectStore,
  { runId, counts, costEstimate }: RunRecord,
  { spendingLimit, platform }: Budget,
  resumed: boolean,
): Promise<PlanReceipt> {
  // The platform may have changed since the run was planned.
  const { total } = priceOf(costEstimate.vcpuSeconds, counts.chunks, platform);
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

interface RunModels {
  readonly name: string; // of the student's file
  readonly student: StudentSession;
  readonly bounded: BoundedStudent | undefined; // if bounds are asked for
  readonly tasks: TaskRunner | undefined; // of planning with bounds
  readonly companions: PreparedCompanions;
}

async function makePlan(
  runId: string,
  source: CompositionSource,
  { name, student, bounded, tasks, companions: { companions } }: RunModels,
  { chunks, options }: PlanRequest,
  { stage, chunkSeconds, onLongWork }: Pick<PlanRuntime, 'chunkSeconds' | 'onLongWork'> & { stage: CloudStage },
): Promise<RunPlan> {
  if (bounded) onLongWork?.('looking for a score that the whole ranking reaches');
  const pruning = bounded && (await source.planPruning?.(bounded, cutLimits(options), tasks));
  const work = cloudWork(source, options, pruning);
  const perChunk = chunkSeconds && source.rate * chunkSeconds * (pruning ? UNEVEN_CHUNK : 1);
  const count = chunks || (perChunk ? defaultChunkCount(work.compositions, perChunk) : chooseChunks(work, stage));
  return {
    runId,
    source,
    student: { name: basename(name), hash: student.hash, threshold: student.metadata.threshold },
    companions,
    options,
    pruning,
    chunks: pruning?.cut(count) ?? source.cut(count, options.criteria),
  };
}

function parsePlanEvent(event: unknown): PlanRequest {
  const fields = readEvent(event, 'plan');
  const chunks = fields.integer('chunks', 0, 0);
  const compositions = fields.optionalText('compositions');
  if (compositions !== undefined && fields.optionalText('space') !== undefined)
    throw new InputError('it names a space and compositions', { file: 'event of plan' }, 'Name one of them.');
  const options = readRunOptions(fields, 'plan');
  if (compositions !== undefined && options.prune)
    throw new InputError(
      'the systems of a list cannot be bounded',
      { file: 'event of plan', column: 'prune' },
      'Screen a list without bounds, or screen a space.',
    );
  if (chunks > MAX_CHUNKS)
    throw new InputError(`${chunks} chunks are more than ${MAX_CHUNKS}`, { column: 'chunks' }, 'Ask for fewer.');
  return {
    ...(compositions === undefined ? { space: fields.text('space') } : { compositions }),
    student: fields.optionalText('student'),
    chunks,
    options,
    asked: readCompanions(fields),
  };
}
