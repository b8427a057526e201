import { sha256 } from '../hash.ts';
import type { ConditionalStore } from '../io/store.ts';
import { loadFinished } from '../report/run-outputs.ts';
import type { RankingLimits } from '../screen/chunk-accumulator.ts';
import { runIdOf } from '../screen/run-plan.ts';
import { spaceIdentity } from '../screen/space-source.ts';
import { parseSpace } from '../space/space-file.ts';
import { loadCurrentStudent } from '../student/current-student.ts';
import { TEACHER_KEY } from './job-keys.ts';

/** A workflow to start: what is done under one name is done once. */
export interface Start {
  readonly workflow: 'screening' | 'retraining';
  readonly name: string; // of the execution
  readonly input: Readonly<Record<string, unknown>>;
}

/** Nothing to start, and why. */
export interface NoStart {
  readonly reason: string;
}

/** An object that was written, as its event has it. */
export interface WrittenObject {
  readonly key: string;
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
}

/** Name of an execution: a hash of what is to be done, as Step Functions allows it (80 characters). */
export function executionName(kind: string, identity: readonly unknown[]): string {
  return `${kind}-${sha256(JSON.stringify([kind, ...identity])).slice(0, 40)}`;
}

/**
 * The retraining that a written teacher or a complete dataset calls for. An event that comes twice gives the same name,
 * and one that comes late, after a newer version was written, starts nothing: the newer one has an event of its own.
 *
 * @param dataset that is complete; null = a teacher was written
 */
export async function retrainingFor(
  store: ConditionalStore,
  object: WrittenObject,
  dataset: string | null,
): Promise<Start | NoStart> {
  const { key, etag, versionId } = object;
  const found = await store.stat(key);
  if (found === undefined) return { reason: `${key} is not there any more` };
  if (etag !== undefined && unquoted(etag) !== unquoted(found.version))
    return { reason: `${key} was written again since; the newer version has an event of its own` };
  if (dataset === null && (await isTeacherOfCurrent(store)))
    return { reason: 'the student in use was distilled from this very teacher' };
  const name = executionName('retraining', [key, versionId ?? unquoted(found.version)]);
  return { workflow: 'retraining', name, input: { dataset } };
}

/** S3 gives the same ETag with quotes in answers and without in events. */
function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

async function isTeacherOfCurrent(store: ConditionalStore): Promise<boolean> {
  const [teacher, student] = [await store.get(TEACHER_KEY), await loadCurrentStudent(store)];
  return teacher !== undefined && student?.current.teacherHash === sha256(teacher);
}

/** The screening of a space with the student in use; nothing if that was done. */
export async function screeningFor(
  store: ConditionalStore,
  space: string,
  limits: RankingLimits,
): Promise<Start | NoStart> {
  const student = (await loadCurrentStudent(store))?.current;
  if (student === undefined) return { reason: 'there is no student in use yet' };
  const bytes = await store.get(space);
  if (bytes === undefined) return { reason: `there is no ${space}` };
  const definition = parseSpace(Buffer.from(bytes).toString(), space);
  const { top, perSystem } = limits;
  const runId = runIdOf(spaceIdentity(definition), student.hash, { top, perSystem });
  if ((await loadFinished(store, runId)) !== undefined)
    return { reason: `run ${runId} is finished: space and student are unchanged` };
  const input = { space, student: student.student, top, perSystem };
  return { workflow: 'screening', name: executionName('screening', [runId]), input };
}
