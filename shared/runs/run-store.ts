import { DEFAULT_PLATFORM } from '../cost/cost-estimate.ts';
import { InputError, IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import { type ConditionalStore, type ObjectStore, putFirst } from '../io/store/store.ts';
import { COMPANION_FILES, type CompanionFile } from '../models/companions.ts';
import type { ChunkRange } from '../screen/blocks.ts';
import { fields, listOf, type Refuse, type Shape, text } from '../shape.ts';
import { LIST_FILE, listIdentity, loadListSource } from '../sources/list-source.ts';
import type { FileLocation } from '../sources/source.ts';
import { loadSpaceSource, recordedSpace, spaceIdentity } from '../sources/space-source.ts';
import { encodePlanIndex, indexChunks } from './plan-index.ts';
import { type PlanFile, planKey } from './run-keys.ts';
import {
  damagedIn,
  damagedPlan,
  decodeChunkList,
  decodeRunRecord,
  encodeChunkList,
  encodeRunRecord,
  type RunPlan,
  type RunRecord,
  type RunWork,
  runIdOf,
  runRecordOf,
} from './run-plan.ts';

/** A stored plan with the model it was made for. */
export interface StoredPlan {
  readonly plan: RunPlan;
  readonly studentBytes: Uint8Array;
}

/** Files of the companions of a run. */
export type CompanionFiles = Readonly<Partial<Record<CompanionFile, Uint8Array>>>;

/** A plan to store, with all that the run needs. */
export interface NewPlan extends StoredPlan {
  readonly work: RunWork;
  readonly companionFiles: CompanionFiles;
}

/** Files that the run id does not fix to the byte: another plan of the run may have put others, which count then. */
const ALIKE: ReadonlySet<string> = new Set<CompanionFile>(['labels.csv.gz', 'curves.json']);

/**
 * Store a plan; `run.json` comes last, so that its presence means that the plan is whole. Of several plans of one run at
 * once, that counts whose chunks are stored first: the others differ from it in nothing else, and go on with its chunks.
 *
 * @param platform that the cost is estimated for
 * @returns what `run.json` says, of whoever was first
 */
export async function storePlan(
  store: ConditionalStore,
  { plan, work, studentBytes, companionFiles }: NewPlan,
  platform = DEFAULT_PLATFORM,
): Promise<RunRecord> {
  const { runId, source } = plan;
  const hashes: Record<string, string> = {};
  const putFile = async (file: string, bytes: Uint8Array): Promise<void> => {
    await store.put(planKey(runId, file as PlanFile), bytes);
    hashes[file] = sha256(bytes);
  };
  const { files, segments } = source.planFiles();
  for (const [file, bytes] of Object.entries({ 'student.onnx': studentBytes, ...companionFiles, ...files }))
    if (ALIKE.has(file)) hashes[file] = sha256(await putFirst(store, planKey(runId, file as PlanFile), bytes));
    else await putFile(file, bytes);
  const { chunks, bytes } = await claimChunks(store, plan);
  if (segments !== undefined)
    await putFile('index.json', encodePlanIndex({ chunks: indexChunks(bytes), space: segments }));
  const record = runRecordOf({ ...plan, chunks }, work, { ...hashes, 'chunks.json': sha256(bytes) }, platform);
  const key = planKey(runId, 'run.json');
  const first = await putFirst(store, key, encodeRunRecord(record));
  return decodeRunRecord(first, `${store.location}/${key}`);
}

/** The chunks of a run are those that were stored first. */
async function claimChunks(
  store: ConditionalStore,
  { runId, chunks, source }: RunPlan,
): Promise<{ readonly chunks: readonly ChunkRange[]; readonly bytes: Uint8Array }> {
  const key = planKey(runId, 'chunks.json');
  const own = Buffer.from(encodeChunkList(runId, chunks));
  const bytes = await putFirst(store, key, own);
  if (bytes === own) return { chunks, bytes };
  const name = `${store.location}/${key}`;
  const first = decodeChunkList(Buffer.from(bytes).toString(), name);
  const tile = first.every(({ chunk, start }, i) => chunk === i && start === (first[i - 1]?.end ?? 0));
  if (!tile || first.at(-1)?.end !== source.size) throw damagedPlan('its chunks are not the whole run', name);
  return { chunks: first, bytes };
}

/** Store where the files of a list are. They may have moved since the run was planned: same content, same run. */
export async function storeLocations(
  store: ObjectStore,
  runId: string,
  locations: readonly FileLocation[],
): Promise<void> {
  await store.put(planKey(runId, 'inputs.json'), sealJson({ files: locations }));
}

/**
 * `run.json` of a run, or undefined if it is not planned yet.
 *
 * @throws {InputError} if it describes another run
 */
export async function loadRunRecord(store: ObjectStore, runId: string): Promise<RunRecord | undefined> {
  const key = planKey(runId, 'run.json');
  const name = `${store.location}/${key}`;
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const record = decodeRunRecord(bytes, name);
  const actualId = runIdOf(identityOf(record, name), record.student.hash, record.companions, record.options);
  if (actualId !== runId || record.runId !== runId) {
    throw new InputError(
      `this directory belongs to another run: it describes ${actualId}, not ${runId}`,
      { file: name },
      'Choose another output directory, or delete this one.',
    );
  }
  return record;
}

function identityOf(record: RunRecord, name: string): readonly unknown[] {
  return record.list === undefined ? spaceIdentity(recordedSpace(record, name)) : listIdentity(record.list);
}

/**
 * What `run.json` says of a run and its chunks, without the files of its source.
 *
 * @returns undefined if the run is not planned yet
 * @throws {InputError} if it describes another run
 * @throws {IntegrityError} if the list of chunks is missing or damaged
 */
export async function loadChunkList(
  store: ObjectStore,
  runId: string,
): Promise<{ readonly record: RunRecord; readonly chunks: readonly ChunkRange[] } | undefined> {
  const record = await loadRunRecord(store, runId);
  return record && { record, chunks: await readChunkList(store, record) };
}

async function readChunkList(store: ObjectStore, record: RunRecord): Promise<ChunkRange[]> {
  const text = Buffer.from(await loadPlanFile(store, record, 'chunks.json')).toString();
  return decodeChunkList(text, `${store.location}/${planKey(record.runId, 'chunks.json')}`);
}

/**
 * Load a plan and check it: the run id by what it is made of, and every file by its hash.
 *
 * @returns undefined if the run is not planned yet
 * @throws {InputError} if it describes another run
 * @throws {IntegrityError} if it is damaged
 */
export async function loadPlan(store: ObjectStore, runId: string): Promise<StoredPlan | undefined> {
  const record = await loadRunRecord(store, runId);
  if (record === undefined) return undefined;
  const nameOf = (file: PlanFile): string => `${store.location}/${planKey(runId, file)}`;
  const load = (file: PlanFile): Promise<Uint8Array> => loadPlanFile(store, record, file);
  const source =
    record.list === undefined
      ? await loadSpaceSource(record, load, nameOf)
      : loadListSource(await load(LIST_FILE), await loadLocations(store, runId), damagedIn(nameOf(LIST_FILE)));
  const { student, companions, options, pruning } = record;
  const described = { student, companions, options, pruning };
  return {
    plan: { runId, source, ...described, chunks: await readChunkList(store, record) },
    studentBytes: await load('student.onnx'),
  };
}

/**
 * The files of a run's companions, checked by their hashes; screening does without them.
 *
 * @throws {IntegrityError} if one is missing or damaged
 */
export async function loadCompanions(store: ObjectStore, runId: string): Promise<CompanionFiles> {
  const record = await loadRunRecord(store, runId);
  if (record === undefined) throw damagedPlan('it is missing', `${store.location}/${planKey(runId, 'run.json')}`);
  const files = COMPANION_FILES.filter((file) => record.files[file] !== undefined);
  const loaded = files.map(async (file) => [file, await loadPlanFile(store, record, file)] as const);
  return Object.fromEntries(await Promise.all(loaded));
}

/**
 * A whole file of a plan, checked by its hash.
 *
 * @throws {IntegrityError} if it is missing or damaged
 */
export async function loadPlanFile(
  store: ObjectStore,
  { runId, files }: RunRecord,
  file: PlanFile,
): Promise<Uint8Array> {
  const key = planKey(runId, file);
  const bytes = await store.get(key);
  if (bytes === undefined) throw damagedPlan('it is missing', `${store.location}/${key}`);
  const actual = sha256(bytes);
  if (actual === files[file]) return bytes;
  throw damagedPlan(`its SHA-256 is ${actual}, and run.json says ${files[file]}`, `${store.location}/${key}`);
}

const LOCATIONS: Shape<{ files: FileLocation[] }> = fields({
  files: listOf(fields({ location: text, version: text })),
});

/** Where the files of a list were when it was planned last. */
export async function loadLocations(store: ObjectStore, runId: string): Promise<FileLocation[]> {
  const key = planKey(runId, 'inputs.json');
  const damaged: Refuse = (problem, column) =>
    new IntegrityError(
      problem,
      { file: `${store.location}/${key}`, column },
      'Give the command of the run again: it looks where the files are now.',
    );
  const bytes = await store.get(key);
  if (bytes === undefined) throw damaged('it is missing');
  return readSealedJson(LOCATIONS, bytes, damaged).files;
}
