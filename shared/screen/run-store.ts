import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import type { ObjectStore } from '../io/store.ts';
import { classesFromJson, classesToJson } from '../space/space.ts';
import { parseSpace, type SpaceDefinition } from '../space/space-file.ts';
import { PLAN_FILES, type PlanFile, planKey } from './run-keys.ts';
import {
  damagedPlan,
  decodeChunkList,
  decodeRunRecord,
  encodeChunkList,
  encodeRunRecord,
  type RunPlan,
  type RunRecord,
  runIdOf,
  runRecordOf,
} from './run-plan.ts';

/** A stored plan with the model it was made for. */
export interface StoredPlan {
  readonly plan: RunPlan;
  readonly studentBytes: Uint8Array;
}

/** Store a plan; `run.json` comes last, so that its presence means that the plan is whole. */
export async function storePlan(store: ObjectStore, { plan, studentBytes }: StoredPlan): Promise<RunRecord> {
  const { runId, space, chunks } = plan;
  const contents: Record<(typeof PLAN_FILES)[number], Uint8Array> = {
    'student.onnx': studentBytes,
    'classes.json': Buffer.from(classesToJson(space)),
    'systems.bin': space.systems,
    'chunks.json': Buffer.from(encodeChunkList(runId, chunks)),
  };
  for (const file of PLAN_FILES) await store.put(planKey(runId, file), contents[file]);
  const record = runRecordOf(plan, Object.fromEntries(PLAN_FILES.map((file) => [file, sha256(contents[file])])));
  await store.put(planKey(runId, 'run.json'), Buffer.from(encodeRunRecord(record)));
  return record;
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
  const record = decodeRunRecord(Buffer.from(bytes).toString(), name);
  const actualId = runIdOf(definitionOf(record, name), record.student.hash, record.options);
  if (actualId !== runId || record.runId !== runId) {
    throw new InputError(
      `this directory belongs to another run: it describes ${actualId}, not ${runId}`,
      { file: name },
      'Choose another output directory, or delete this one.',
    );
  }
  return record;
}

function definitionOf(record: RunRecord, name: string): SpaceDefinition {
  return parseSpace(JSON.stringify(record.space), name);
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
  const load = async (file: PlanFile): Promise<Uint8Array> => {
    const bytes = await store.get(planKey(runId, file));
    if (bytes === undefined) throw damagedPlan('it is missing', nameOf(file));
    const actual = sha256(bytes);
    if (actual !== record.files[file])
      throw damagedPlan(`its SHA-256 is ${actual}, and run.json says ${record.files[file]}`, nameOf(file));
    return bytes;
  };
  const text = async (file: PlanFile): Promise<string> => Buffer.from(await load(file)).toString();
  const classes = classesFromJson(await text('classes.json'), nameOf('classes.json'));
  const systems = await load('systems.bin');
  const { compositions } = record.counts;
  const chunks = decodeChunkList(await text('chunks.json'), nameOf('chunks.json'));
  const space = { definition: definitionOf(record, nameOf('run.json')), classes, systems, compositions };
  return {
    plan: { runId, space, student: record.student, limits: record.options, chunks },
    studentBytes: await load('student.onnx'),
  };
}
