import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandler, type TriggerReceipt } from '../../functions/trigger.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/directory-store.ts';
import { storeOutputs } from '../../shared/report/run-outputs.ts';
import { TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import { runIdOf } from '../../shared/screen/run-plan.ts';
import { spaceIdentity } from '../../shared/screen/space-source.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { CURRENT_STUDENT_KEY, encodeCurrentStudent, studentKey } from '../../shared/student/current-student.ts';
import { SHIPPED_TEACHER } from '../small-labels.ts';

const SMALL = new URL('../../data/spaces/small.json', import.meta.url).pathname;
const SPACE = 'spaces/small.json';

interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
}

let root: string;
let count = 0;
let store: DirectoryStore;
let executions: Execution[];
let trigger: (event: unknown) => Promise<TriggerReceipt>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trigger-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  store = new DirectoryStore(join(root, String(count++)));
  executions = [];
  trigger = createHandler(async () => ({
    ...{ store, bucket: 'mine', defaultSpace: SPACE, arns: { screening: 'arn:s', retraining: 'arn:r' } },
    workflows: {
      async start(arn, name, input) {
        if (executions.some((execution) => execution.name === name)) return false;
        executions.push({ arn, name, input });
        return true;
      },
    },
  }));
  await store.put(SPACE, await readFile(SMALL));
});

/** The event of an object, as it is now. */
async function created(key: string, versionId?: string): Promise<unknown> {
  const etag = (await store.stat(key))?.version ?? 'gone';
  const object = { key, size: 1, etag, sequencer: '00', ...(versionId ? { 'version-id': versionId } : {}) };
  return { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: 'mine' }, object } };
}

const teach = async (intercept: string): Promise<void> =>
  store.put(TEACHER_KEY, Buffer.from((await readFile(SHIPPED_TEACHER, 'utf8')).replace('-6.564', intercept)));

async function useStudent(hash: string, teacherHash = 'b'.repeat(64)): Promise<void> {
  const student = studentKey(hash, 'student.onnx');
  const rest = { teacherHash, labelsHash: 'c'.repeat(64), averagePrecision: 0.7, previous: null };
  await store.put(CURRENT_STUDENT_KEY, encodeCurrentStudent({ student, hash, ...rest }));
}

describe('a written teacher', () => {
  it('starts one retraining on the base labels, however often its event comes', async () => {
    await teach('-6');
    const event = await created(TEACHER_KEY, 'v1');
    const first = await trigger(event);
    expect(first).toMatchObject({ started: true, reason: 'retraining was started' });
    expect(await trigger(event)).toEqual({
      ...{ started: false, execution: first.execution, reason: 'retraining was started before under this name' },
    });
    expect(executions).toEqual([{ arn: 'arn:r', name: first.execution, input: { dataset: null } }]);
    expect(first.execution).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });

  it('starts nothing by the event of a version that was replaced, whichever event comes first', async () => {
    await teach('-6');
    const old = await created(TEACHER_KEY, 'v1');
    await teach('-5.5');
    const current = await created(TEACHER_KEY, 'v2');
    expect(await trigger(current)).toMatchObject({ started: true });
    const reason = 'teacher/teacher.json was written again since; the newer version has an event of its own';
    expect(await trigger(old)).toEqual({ started: false, reason });
    expect(executions).toHaveLength(1);
  });

  it('starts another retraining when it returns after a different one', async () => {
    for (const [intercept, version] of [
      ['-6', 'v1'],
      ['-5', 'v2'],
      ['-6', 'v3'],
    ]) {
      await teach(intercept);
      expect(await trigger(await created(TEACHER_KEY, version))).toMatchObject({ started: true });
    }
    expect(new Set(executions.map(({ name }) => name)).size).toBe(3);
  });

  it('starts nothing if the student in use was distilled from it, or if it is gone', async () => {
    await teach('-6');
    await useStudent('a'.repeat(64), sha256((await store.get(TEACHER_KEY))!));
    expect(await trigger(await created(TEACHER_KEY, 'v2'))).toEqual({
      ...{ started: false, reason: 'the student in use was distilled from this very teacher' },
    });
    await rm(join(store.location, TEACHER_KEY));
    expect(await trigger(await created(TEACHER_KEY))).toMatchObject({ started: false });
    expect(executions).toEqual([]);
  });
});

describe('a dataset that is marked ready', () => {
  it('starts one retraining on it', async () => {
    await store.put('datasets/new-2026/READY', Buffer.from(''));
    const event = await created('datasets/new-2026/READY', 'v1');
    await trigger(event);
    await trigger(event);
    expect(executions).toMatchObject([{ arn: 'arn:r', input: { dataset: 'new-2026' } }]);
    await trigger(await created('datasets/new-2026/READY', 'v2')); // marked again
    expect(executions).toHaveLength(2);
  });

  it.each(['datasets/a/b/READY', 'datasets/READY', 'datasets/a/x.cif', 'retrain/a/READY', 'datasets/a/ready'])(
    'is not %s',
    async (key) => {
      await store.put(key, Buffer.from(''));
      expect(await trigger(await created(key))).toEqual({ started: false, reason: `${key} starts nothing` });
    },
  );

  it('is refused by a name that is none, and by a bucket that is another', async () => {
    const object = { key: 'datasets/../READY', etag: 'x' };
    const event = { source: 'aws.s3', detail: { bucket: { name: 'mine' }, object } };
    await expect(trigger(event)).rejects.toThrow('".." is no name of a dataset');
    const foreign = { source: 'aws.s3', detail: { bucket: { name: 'other' }, object } };
    await expect(trigger(foreign)).rejects.toThrow('bucket other is not mine');
    await expect(trigger({ source: 'aws.s3' })).rejects.toThrow('event of trigger:name: nothing is not a text');
  });
});

describe('the schedule', () => {
  const event = { source: 'ionsieve.schedule', space: SPACE };
  const hash = 'a'.repeat(64);

  it('starts one screening of a space with a student, and another with the next student or limits', async () => {
    expect(await trigger(event)).toEqual({ started: false, reason: 'there is no student in use yet' });
    await useStudent(hash);
    expect(await trigger(event)).toMatchObject({ started: true });
    expect(await trigger({ source: 'ionsieve.promotion' })).toMatchObject({ started: false });
    const input = { space: SPACE, student: studentKey(hash, 'student.onnx'), top: 1000, perSystem: 3 };
    expect(executions).toMatchObject([{ arn: 'arn:s', input }]);
    expect(await trigger({ ...event, top: 10 })).toMatchObject({ started: true });
    await useStudent('d'.repeat(64));
    expect(await trigger(event)).toMatchObject({ started: true });
    expect(executions).toHaveLength(3);
  });

  it('starts nothing where the run is finished', async () => {
    await useStudent(hash);
    const definition = parseSpace(await readFile(SMALL, 'utf8'), SMALL);
    const runId = runIdOf(spaceIdentity(definition), hash, { top: 1000, perSystem: 3 });
    const bytes = Buffer.from('x');
    await storeOutputs(store, runId, { 'ranking.csv': bytes, 'ranking.parquet': bytes, 'summary.json': bytes });
    const reason = `run ${runId} is finished: space and student are unchanged`;
    expect(await trigger(event)).toEqual({ started: false, reason });
    await store.put(`runs/${runId}/ranking.csv`, Buffer.from('damaged'));
    expect(await trigger(event)).toMatchObject({ started: true });
  });

  it('refuses a space outside of spaces/, and an unknown source', async () => {
    await useStudent(hash);
    for (const space of ['teacher/teacher.json', 'spaces/../teacher/teacher.json', 'spaces/'])
      await expect(trigger({ ...event, space })).rejects.toThrow('is no key below spaces/');
    expect(await trigger({ ...event, space: 'spaces/no.json' })).toMatchObject({
      reason: 'there is no spaces/no.json',
    });
    await expect(trigger({ source: 'me' })).rejects.toThrow('"me" is no known source');
  });
});
