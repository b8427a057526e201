import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTriggerHandler } from '../../functions/trigger.ts';
import type { TriggerReceipt } from '../../shared/executions/answer.ts';
import { BEGIN_PATIENCE } from '../../shared/executions/begin.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import type { Companions } from '../../shared/models/companions.ts';
import { CURRENT_STUDENT_KEY, encodeCurrentStudent, studentKey } from '../../shared/models/current-student.ts';
import { TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import { storeOutputs } from '../../shared/runs/run-outputs.ts';
import { runIdOf } from '../../shared/runs/run-plan.ts';
import { runOptions } from '../../shared/screen/run-options.ts';
import { spaceIdentity } from '../../shared/sources/space-source.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { RecordedExecutions } from '../recorded-executions.ts';
import { SHIPPED_TEACHER } from '../small-labels.ts';

const SMALL = new URL('../../data/spaces/small.json', import.meta.url).pathname;
const SPACE = 'spaces/small.json';

let root: string;
let count = 0;
let store: DirectoryStore;
let screenings: RecordedExecutions;
let retrainings: RecordedExecutions;
let trigger: (event: unknown) => Promise<TriggerReceipt>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trigger-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  store = new DirectoryStore(join(root, String(count++)));
  screenings = new RecordedExecutions();
  retrainings = new RecordedExecutions();
  const workflows = { screening: screenings, retraining: retrainings };
  trigger = createTriggerHandler(async () => ({ store, bucket: 'mine', defaultSpace: SPACE, workflows }));
  await store.put(SPACE, await readFile(SMALL));
});

/** The event of an object, as it is now. */
async function created(key: string): Promise<unknown> {
  const etag = (await store.stat(key))?.version ?? 'gone';
  const object = { key, size: 1, etag, sequencer: '00', 'version-id': 'v' };
  const detail = { bucket: { name: 'mine' }, object };
  return { source: 'aws.s3', 'detail-type': 'Object Created', time: now(retrainings), detail };
}

function now(executions: RecordedExecutions): string {
  return executions.now().toISOString();
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
    const event = await created(TEACHER_KEY);
    const first = await trigger(event);
    expect(first).toMatchObject({ started: true, outcome: 'started', reason: 'retraining was started' });
    expect(await trigger(event)).toEqual({
      started: false,
      outcome: 'running',
      execution: first.execution,
      reason: 'retraining is running already',
    });
    retrainings.end(first.execution!, 'FAILED');
    expect(await trigger(event)).toMatchObject({ started: false, reason: 'retraining was begun after this event' });
    expect([...retrainings.inputs]).toEqual([[first.execution, { dataset: null }]]);
    expect(first.execution).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });

  it('starts nothing by the event of a version that was replaced, whichever event comes first', async () => {
    await teach('-6');
    const old = await created(TEACHER_KEY);
    await teach('-5.5');
    const current = await created(TEACHER_KEY);
    expect(await trigger(current)).toMatchObject({ started: true });
    const reason = 'teacher/teacher.json was written again since; the newer version has an event of its own';
    expect(await trigger(old)).toEqual({ started: false, outcome: 'nothing to do', reason });
    expect(retrainings.inputs.size).toBe(1);
  });

  it('starts another retraining when it returns after a different one', async () => {
    for (const intercept of ['-6', '-5', '-6']) {
      await teach(intercept);
      const { started, execution } = await trigger(await created(TEACHER_KEY));
      expect(started).toBe(true);
      retrainings.end(execution!, 'SUCCEEDED');
    }
    expect(retrainings.inputs.size).toBe(3);
  });

  it('whose retraining failed has it begun anew, with the limits of now, when it is written again', async () => {
    await teach('-6');
    const { execution } = await trigger(await created(TEACHER_KEY));
    retrainings.end(execution!, 'FAILED');
    await teach('-6');
    expect(await trigger(await created(TEACHER_KEY))).toMatchObject({
      outcome: 'started',
      execution: `${execution}-1`,
    });
    expect(retrainings.redriven).toEqual([]);
  });

  it('starts nothing if the student in use was distilled from it, or if it is gone', async () => {
    await teach('-6');
    await useStudent('a'.repeat(64), sha256((await store.get(TEACHER_KEY))!));
    expect(await trigger(await created(TEACHER_KEY))).toEqual({
      started: false,
      outcome: 'nothing to do',
      reason: 'the student in use was distilled from this very teacher',
    });
    await rm(join(store.location, TEACHER_KEY));
    expect(await trigger(await created(TEACHER_KEY))).toMatchObject({ started: false });
    expect(retrainings.inputs.size).toBe(0);
  });
});

describe('a dataset that is marked ready', () => {
  it('starts one retraining on it, and another when it is marked again after that', async () => {
    await store.put('datasets/new-2026/a.cif', Buffer.from('a'));
    await store.put('datasets/new-2026/READY', Buffer.from(''));
    const event = await created('datasets/new-2026/READY');
    const { execution } = await trigger(event);
    await trigger(event);
    expect([...retrainings.inputs.values()]).toEqual([{ dataset: 'new-2026' }]);
    await store.put('datasets/new-2026/READY', Buffer.from(''));
    expect(await trigger(await created('datasets/new-2026/READY'))).toMatchObject({ outcome: 'running', execution });
    retrainings.end(execution!, 'SUCCEEDED');
    expect(await trigger(await created('datasets/new-2026/READY'))).toMatchObject({ execution: `${execution}-1` });
    await store.put('datasets/new-2026/b.cif', Buffer.from('b'));
    const { execution: other, started } = await trigger(await created('datasets/new-2026/READY'));
    expect([started, other === execution]).toEqual([true, false]);
    expect(retrainings.inputs.size).toBe(3);
  });

  it.each(['datasets/a/b/READY', 'datasets/READY', 'datasets/a/x.cif', 'retrain/a/READY', 'datasets/a/ready'])(
    'is not %s',
    async (key) => {
      await store.put(key, Buffer.from(''));
      expect(await trigger(await created(key))).toMatchObject({ started: false, reason: `${key} starts nothing` });
    },
  );

  it('is refused by a name that is none, and by a bucket that is another', async () => {
    const object = { key: 'datasets/../READY', etag: 'x' };
    const event = { source: 'aws.s3', detail: { bucket: { name: 'mine' }, object } };
    await expect(trigger(event)).rejects.toThrow('".." is no name of a dataset');
    const foreign = { source: 'aws.s3', detail: { bucket: { name: 'other' }, object } };
    await expect(trigger(foreign)).rejects.toThrow('bucket other is not mine');
    await expect(trigger({ source: 'aws.s3' })).rejects.toThrow(
      'event of trigger:detail: detail is missing: it should be an object',
    );
  });
});

const HASH = 'a'.repeat(64);

/** Nothing lies beside the student. */
const ALONE: Companions = {
  committee: { absent: 'there is no committee beside the student' },
  labels: { absent: 'there are no labels beside the student' },
};

async function runIdOfSmall(hash: string): Promise<string> {
  const definition = parseSpace(await readFile(SMALL, 'utf8'), SMALL);
  return runIdOf(spaceIdentity(definition), hash, ALONE, runOptions({}, 'test'));
}

describe('the schedule', () => {
  const fire = (more: object = {}) =>
    trigger({ source: 'ionsieve.schedule', space: SPACE, time: now(screenings), ...more });

  it('starts one screening of a space with a student, and another with the next student or limits', async () => {
    expect(await fire()).toMatchObject({ started: false, reason: 'there is no student in use yet' });
    await useStudent(HASH);
    expect(await fire()).toMatchObject({ started: true });
    expect(await trigger({ source: 'ionsieve.promotion', time: now(screenings) })).toMatchObject({ started: false });
    const input = { space: SPACE, student: studentKey(HASH, 'student.onnx'), ...runOptions({}, 'test') };
    expect([...screenings.inputs]).toEqual([[`screening-${await runIdOfSmall(HASH)}`, input]]);
    expect(await fire({ top: 10 })).toMatchObject({ started: true });
    await useStudent('d'.repeat(64));
    expect(await fire()).toMatchObject({ started: true });
    expect(screenings.inputs.size).toBe(3);
  });

  it('tries what failed once a firing, until it has failed time after time', async () => {
    await useStudent(HASH);
    const outcomes: string[] = [];
    for (let firing = 0; firing <= BEGIN_PATIENCE; firing++) {
      const time = now(screenings);
      const { outcome, execution } = await fire({ time });
      outcomes.push(outcome);
      if (screenings.states.get(execution!)?.status === 'RUNNING') screenings.end(execution!, 'FAILED');
      if (outcome !== 'given up') expect(await fire({ time })).toMatchObject({ outcome: 'answered' });
    }
    expect(outcomes).toEqual(['started', 'redriven', 'started', 'redriven', 'started', 'given up']);
  });

  it('begins anew, under the limit of now, what was above the spending limit', async () => {
    await useStudent(HASH);
    const { execution } = await fire();
    screenings.end(execution!, 'FAILED', { error: 'SpendingLimitExceeded' });
    expect(await fire()).toMatchObject({ outcome: 'started', execution: `${execution}-1` });
  });

  it('starts nothing where the run is finished', async () => {
    await useStudent(HASH);
    const runId = await runIdOfSmall(HASH);
    const bytes = Buffer.from('x');
    await storeOutputs(store, runId, {
      'ranking.csv': bytes,
      'ranking.parquet': bytes,
      'summary.json': bytes,
      'report.html': bytes,
    });
    const reason = `run ${runId} is finished: space and student are unchanged`;
    expect(await fire()).toEqual({ started: false, outcome: 'nothing to do', reason });
    await store.put(`runs/${runId}/ranking.csv`, Buffer.from('damaged'));
    expect(await fire()).toMatchObject({ started: true });
  });

  it('refuses a space outside of spaces/, an unknown source, and an event without its time', async () => {
    await useStudent(HASH);
    for (const space of ['teacher/teacher.json', 'spaces/../teacher/teacher.json', 'spaces/'])
      await expect(fire({ space })).rejects.toThrow('is no key below spaces/');
    expect(await fire({ space: 'spaces/no.json' })).toMatchObject({ reason: 'there is no spaces/no.json' });
    await expect(trigger({ source: 'me' })).rejects.toThrow('"me" is no known source');
    await expect(fire({ time: undefined })).rejects.toThrow(
      'event of trigger:time: time is missing: it should be a text',
    );
    await expect(fire({ time: 'soon' })).rejects.toThrow('"soon" is not a time such as 2026-01-31T12:00:00Z');
  });
});

describe('a dataset of compositions', () => {
  const LIST = 'datasets/list/';
  const hand = (compositions = LIST) => trigger({ source: 'ionsieve.dataset', compositions, time: now(screenings) });

  it('is screened once with each student, whatever becomes of its marker', async () => {
    await useStudent(HASH);
    await store.put(`${LIST}list.csv`, Buffer.from('formula'));
    await store.put(`${LIST}READY`, Buffer.from(''));
    const { outcome, execution } = await hand();
    await store.put(`${LIST}READY`, Buffer.from(''));
    expect([outcome, await hand()]).toMatchObject(['started', { outcome: 'running', execution }]);
    await useStudent('d'.repeat(64));
    expect(await hand()).toMatchObject({ outcome: 'started' });
    const inputs = [...screenings.inputs.values()];
    expect(inputs).toMatchObject([HASH, 'd'.repeat(64)].map((hash) => ({ student: studentKey(hash, 'student.onnx') })));
    expect(inputs).toMatchObject(Array(2).fill({ compositions: LIST, top: 1000, perSystem: 3 }));
  });

  it('is finished as long as what its execution planned is whole', async () => {
    await useStudent(HASH);
    await store.put(`${LIST}list.csv`, Buffer.from('formula'));
    const { execution } = await hand();
    screenings.end(execution!, 'SUCCEEDED', { output: JSON.stringify({ plan: { runId: 'f'.repeat(20) } }) });
    const bytes = Buffer.from('x');
    await storeOutputs(store, 'f'.repeat(20), {
      'ranking.csv': bytes,
      'ranking.parquet': bytes,
      'summary.json': bytes,
      'report.html': bytes,
    });
    expect(await hand()).toMatchObject({ started: false, outcome: 'finished', reason: 'screening is finished' });
    await store.put(`runs/${'f'.repeat(20)}/ranking.csv`, Buffer.from('damaged'));
    expect(await hand()).toMatchObject({ outcome: 'started', execution: `${execution}-1` });
  });

  it('is not passed over where it cannot be screened', async () => {
    await expect(hand()).rejects.toThrow('models/current.json: there is no such object');
    await useStudent(HASH);
    await expect(hand()).rejects.toThrow('datasets/list/: there is no such list');
    await expect(hand('runs/x/')).rejects.toThrow('"runs/x" is no key below datasets/');
  });
});
