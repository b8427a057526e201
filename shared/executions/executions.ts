import * as v from 'valibot';
import { InputError, IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { storeInputs } from '../io/store/inputs.ts';
import { type ConditionalStore, type ObjectInfo, readObject } from '../io/store/store.ts';
import { type AskedCompanions, type Companions, companionsIdentity, prepareCompanions } from '../models/companions.ts';
import {
  CURRENT_STUDENT_KEY,
  type CurrentStudent,
  decodeCurrentStudent,
  loadCurrentStudent,
} from '../models/current-student.ts';
import { datasetPrefix } from '../retraining/job-keys.ts';
import { withoutMarker } from '../retraining/shards.ts';
import { loadFinished } from '../runs/run-outputs.ts';
import { runIdOf } from '../runs/run-plan.ts';
import { optionsIdentity, type RunOptions } from '../screen/run-options.ts';
import { fields, type Refuse, readJson, readShape, text } from '../shape.ts';
import { spaceIdentity } from '../sources/space-source.ts';
import { parseSpace } from '../space/space-file.ts';
import type { ExecutionState, NoStart, Start } from './begin.ts';

/** An object that was written, as its event has it. */
export interface WrittenObject {
  readonly key: string;
  readonly etag: string | undefined;
}

/** What is screened with what, as the event of `plan` has it. */
export interface ScreeningInput extends RunOptions, AskedCompanions {
  readonly student: string; // key of the model
  readonly space?: string; // key
  readonly compositions?: string; // key or prefix of a list, instead
  readonly chunks?: number;
}

/** Name of the screening of a run, wherever it is begun from. */
export function screeningName(runId: string): string {
  return `screening-${runId}`;
}

export function screeningOfRun(runId: string, input: ScreeningInput): Start {
  return { workflow: 'screening', name: screeningName(runId), input: { ...input }, resumes: true };
}

/**
 * The screening of a list in the bucket, whose run id is known to who has read it whole: its name is a hash of what decides
 * on that. Planning finds out if another execution is at the same run.
 */
export function screeningOfList(
  objects: readonly ObjectInfo[],
  studentHash: string,
  companions: Companions,
  input: ScreeningInput & { readonly compositions: string },
): Start {
  const { compositions } = input;
  const models = [studentHash, companionsIdentity(companions)];
  const name = hashed('screening-list', [compositions, contentOf(objects), ...models, optionsIdentity(input)]);
  return { workflow: 'screening', name, input: { ...input }, resumes: true };
}

/** A name that Step Functions allows: at most 80 characters. */
function hashed(kind: string, identity: readonly unknown[]): string {
  return `${kind}-${sha256(JSON.stringify(identity)).slice(0, 40)}`;
}

/** The marker of a dataset is no part of it: an object gets another version whenever it is written. */
function contentOf(objects: readonly ObjectInfo[]): readonly unknown[] {
  return withoutMarker(objects).map(({ key, size, version }) => [key, size, version]);
}

/**
 * The retraining that a written teacher or a complete dataset calls for. One that comes late, after a newer version was
 * written, calls for nothing: the newer one has an event of its own.
 *
 * @param dataset that is complete; null = a teacher was written
 */
export async function retrainingFor(
  store: ConditionalStore,
  { key, etag }: WrittenObject,
  dataset: string | null,
): Promise<Start | NoStart> {
  const found = await store.getVersioned(key);
  if (found === undefined) return { reason: `${key} is not there any more` };
  if (etag !== undefined && unquoted(etag) !== unquoted(found.version))
    return { reason: `${key} was written again since; the newer version has an event of its own` };
  if (dataset === null && (await loadCurrentStudent(store))?.current.teacherHash === sha256(found.bytes))
    return { reason: 'the student in use was distilled from this very teacher' };
  const identity =
    dataset === null
      ? [key, sha256(found.bytes)]
      : [dataset, contentOf(await store.listDetailed(datasetPrefix(dataset)))];
  return { workflow: 'retraining', name: hashed('retraining', identity), input: { dataset }, resumes: false };
}

/** S3 gives the same ETag with quotes in answers and without in events. */
function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

/** The screening of a space with the student in use; nothing if that was done. */
export async function screeningFor(
  store: ConditionalStore,
  space: string,
  options: RunOptions,
): Promise<Start | NoStart> {
  const student = (await loadCurrentStudent(store))?.current;
  if (student === undefined) return { reason: 'there is no student in use yet' };
  const bytes = await store.get(space);
  if (bytes === undefined) return { reason: `there is no ${space}` };
  const definition = parseSpace(Buffer.from(bytes).toString(), space);
  const runId = runIdOf(spaceIdentity(definition), student.hash, await companionsOf(store, student), options);
  if ((await loadFinished(store, runId)) !== undefined)
    return { reason: `run ${runId} is finished: space and student are unchanged` };
  return screeningOfRun(runId, { space, student: student.student, ...options });
}

/** What lies beside the student in use. */
async function companionsOf(
  store: ConditionalStore,
  { student: name, labelsHash }: CurrentStudent,
): Promise<Companions> {
  return (await prepareCompanions(storeInputs(store), { name, labelsHash }, {})).companions;
}

/**
 * The screening of a list in the bucket with the student in use.
 *
 * @throws {InputError} if there is no student or no such list: who hands a list over wants it screened
 */
export async function screeningForList(
  store: ConditionalStore,
  compositions: string,
  options: RunOptions,
): Promise<Start> {
  const current = decodeCurrentStudent(await readObject(store, CURRENT_STUDENT_KEY), CURRENT_STUDENT_KEY);
  const objects = await store.listDetailed(compositions);
  if (objects.length === 0)
    throw new InputError('there is no such list', { file: `${store.location}/${compositions}` }, 'Check the key.');
  const { student, hash } = current;
  return screeningOfList(objects, hash, await companionsOf(store, current), { compositions, student, ...options });
}

/** Whether an execution of `screening` that succeeded has left its results, and they are whole. */
export async function isScreened(store: ConditionalStore, { output = '{}' }: ExecutionState): Promise<boolean> {
  const runId = plannedRun(output);
  return runId !== undefined && (await loadFinished(store, runId)) !== undefined;
}

const SCREENING_OUTPUT = fields({ plan: v.optional(fields({ runId: v.optional(text) })) });

/** Run id that an execution of `screening` planned, from its output. */
export function plannedRun(output: string): string | undefined {
  const refuse: Refuse = (problem, column) =>
    new IntegrityError(problem, { file: 'output of the execution', column }, 'Start the screening again.');
  return readShape(SCREENING_OUTPUT, readJson(output, refuse), refuse).plan?.runId;
}
