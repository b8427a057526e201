import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { screeningName } from '../../shared/executions/executions.ts';
import { sha256 } from '../../shared/hash.ts';
import { UNUSABLE } from '../../shared/labels/label-structures.ts';
import { loadCurrentStudent, studentKey } from '../../shared/models/current-student.ts';
import { sharedData } from '../shared-data.ts';
import { readAssembly, resourcesOf } from './harness/assembly.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { type Execution, eventually, executionsOf, settled } from './harness/executions.ts';
import { isAllowed, unused } from './harness/permissions.ts';
import { cloudOutputs, localOutputs } from './outputs.ts';
import { seed, useShippedStudent } from './seed.ts';
import { STAGE, STAGE_OVERRIDES } from './stage.ts';

const CIFS = sharedData('cif-sample');
const STRUCTURES = 60;
const TRAININGS = 2 * (STAGE_OVERRIDES.distillation.folds + 1); // one more makes the student, and as many its committee
const HURRIED = 2; // invocations of each training that are told to have no time, and do one step
const LISTED = 2000; // compositions of a list
const CATIONS = ['P', 'Si', 'Ge', 'B', 'La'];
const HALIDES = ['Cl', 'Br'];

/** What goes wrong with real files: nothing in it, cut off, not CIF at all, no cell, an element that there is not. */
const BROKEN: Readonly<Record<string, (cif: string) => string>> = {
  'broken-empty.cif': () => '',
  'broken-cut.cif': (cif) => cif.slice(0, cif.indexOf('_atom_site')),
  'broken-html.cif': () => '<html><body>404 Not Found</body></html>',
  'broken-cell.cif': (cif) => cif.replace(/_cell_length_a.*/, '_cell_length_a 0'),
  'broken-element.cif': (cif) => cif.replace(/^(\s*)Li(?=[\s+\d])/gm, '$1Qq'),
};

let cloud: Cloud;
let scratch: string;

beforeAll(async () => {
  cloud = await startCloud(inject('tools'), await readAssembly(inject('assembly')), STAGE);
  await seed(cloud); // before events are carried, or the new teacher would start a retraining
  await cloud.courier.start();
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-local-'));
});
afterEach(() => {
  cloud.lambda.disturb = () => undefined;
  cloud.lambda.hurry = () => undefined;
  cloud.courier.copies = 1;
  cloud.courier.delivered.length = 0;
  cloud.gateway.published.length = 0;
});
afterAll(async () => {
  await cloud?.stop();
  if (scratch) await rm(scratch, { recursive: true });
});

/** Upload real structures and broken ones as a dataset, and mark it ready. */
async function upload(dataset: string, from: number, count: number, broken: readonly string[]): Promise<void> {
  const names = (await readdir(CIFS!)).sort().slice(from, from + count);
  const put = (name: string, text: string) => cloud.store.put(`datasets/${dataset}/${name}`, Buffer.from(text));
  for (const name of names) await put(name, await readFile(join(CIFS!, name), 'utf8'));
  const healthy = await readFile(join(CIFS!, names[0]), 'utf8');
  for (const name of broken) await put(name, BROKEN[name](healthy));
  await put('READY', '');
}

/** Wait for the retraining that begins now, and for its end. */
async function nextRetraining(before: number): Promise<Execution> {
  const found = await eventually(async () => {
    const all = await executionsOf(cloud, 'retraining');
    return all.length > before ? all : undefined;
  });
  expect(found).toHaveLength(before + 1);
  return settled(cloud, found[0].arn);
}

async function text(key: string): Promise<string> {
  return Buffer.from((await cloud.store.get(key)) ?? []).toString();
}

/** Id of a structure whose file could not be read. */
function idOf(name: string): string {
  return name.replace('.cif', '');
}

function jobIdOf({ output }: Execution): string {
  return (output as unknown as { split: { jobId: string } }).split.jobId;
}

describe.skipIf(CIFS === undefined)('a dataset that is marked ready', () => {
  it('of real structures and five broken ones, announced twice, ends in one promoted student and its ranking', async () => {
    cloud.courier.copies = 2;
    await upload('real', 0, STRUCTURES, Object.keys(BROKEN));
    const retraining = await nextRetraining(0);
    expect([retraining.status, retraining.cause]).toEqual(['SUCCEEDED', '']);
    expect(await executionsOf(cloud, 'retraining')).toHaveLength(1);
    expect(cloud.courier.delivered).toHaveLength(2);

    const quarantine = await text(`retrain/${jobIdOf(retraining)}/quarantine.csv`);
    const unusable = quarantine.split('\n').filter((line) => line.includes(UNUSABLE));
    expect(unusable.map((line) => line.split(',')[0])).toEqual(Object.keys(BROKEN).map(idOf).sort());

    const { current } = (await loadCurrentStudent(cloud.store))!;
    const model = (await cloud.store.get(current.student))!;
    expect([sha256(model), current.previous]).toEqual([current.hash, null]);

    const [{ name, arn }] = await executionsOf(cloud, 'screening');
    const screening = await settled(cloud, arn);
    const { runId } = (screening.output as unknown as { plan: { runId: string } }).plan;
    expect(name).toBe(screeningName(runId));
    const student = join(scratch, 'student.onnx');
    await writeFile(student, model);
    for (const file of ['committee.onnx', 'labels.csv.gz', 'student.card.json'] as const)
      await writeFile(join(scratch, file), (await cloud.store.get(studentKey(current.hash, file)))!);
    expect(await cloudOutputs(cloud, runId)).toEqual(
      await localOutputs(scratch, runId, ['--space', 'small', '--student', student]),
    );
    expect(cloud.gateway.published).toHaveLength(2); // of the promotion and of the ranking
  });

  it('whose student is worse than the one in use leaves that one in use, and says why', async () => {
    const before = await useShippedStudent(cloud);
    cloud.lambda.forget();
    const rounds: number[] = [];
    cloud.lambda.hurry = (name, event) => {
      if (!name.endsWith('-train')) return undefined;
      const { training } = event as { training: number };
      rounds[training] = (rounds[training] ?? 0) + 1;
      return rounds[training] > HURRIED ? undefined : 0;
    };
    const screenings = await executionsOf(cloud, 'screening');
    await upload('worse', STRUCTURES, 12, []);
    const retraining = await nextRetraining(1);
    expect([retraining.status, retraining.cause]).toEqual(['SUCCEEDED', '']);
    expect((await loadCurrentStudent(cloud.store))?.current).toEqual(before);
    const candidate = JSON.parse(await text(`retrain/${jobIdOf(retraining)}/candidate.json`));
    expect(candidate.promote).toBe(false);
    expect(candidate.averagePrecision).toBeLessThan(before.averagePrecision);
    expect(await cloud.store.get(candidate.student)).toBeDefined();
    expect(cloud.gateway.published).toEqual([candidate.reason]);
    expect(await executionsOf(cloud, 'screening')).toEqual(screenings);
    const trainings = cloud.lambda.invocationsOf('train');
    expect(trainings.filter(({ failed }) => failed)).toEqual([]);
    expect(rounds).toEqual(Array(TRAININGS).fill(HURRIED + 1)); // each went on from its checkpoint
    expect(trainings).toHaveLength(TRAININGS * (HURRIED + 1));
  });

  it('with too many broken structures stops the run with both figures', async () => {
    await upload('rotten', STRUCTURES, 12, Object.keys(BROKEN));
    const { status, cause } = await nextRetraining(2);
    expect(status).toBe('FAILED');
    expect(cause).toMatch(/\b5\b.*\b17\b/);
  });
});

it('a list of compositions that is marked ready is screened as it is, to the bytes of the same run on one machine', async () => {
  await useShippedStudent(cloud);
  const row = (n: number) =>
    `Li${1 + (n % 7)}${CATIONS[n % 5]}${1 + (n % 3)}S${2 + (n % 11)}${HALIDES[n % 2]}${n / 1000}`;
  const rows = Array.from({ length: LISTED }, (_, n) => row(n));
  const list = ['formula', 'Li9.54Si1.74P1.44S11.7Cl0.3', ...rows, 'Li3Unobtainium'].join('\n');
  const folder = join(scratch, 'listed'); // its name is part of what a run is
  await mkdir(folder);
  await writeFile(join(folder, 'list.csv'), list);
  const before = await executionsOf(cloud, 'retraining');
  await cloud.store.put('datasets/listed/list.csv', Buffer.from(list));
  await cloud.store.put('datasets/listed/READY', Buffer.from(''));
  const { status, cause } = await nextRetraining(before.length);
  expect([status, cause]).toEqual(['SUCCEEDED', '']);
  const started = (await executionsOf(cloud, 'screening')).find(({ name }) => name.startsWith('screening-list-'))!;
  const { output } = await settled(cloud, started.arn);
  const { runId, compositions } = (output as unknown as { plan: { runId: string; compositions: number } }).plan;
  expect(compositions).toBe(LISTED + 2);
  const local = await localOutputs(scratch, runId, ['--compositions', folder]);
  expect(await cloudOutputs(cloud, runId)).toEqual(local);
});

it('the teacher of the student in use, written again, starts nothing', async () => {
  const before = await executionsOf(cloud, 'retraining');
  await cloud.store.put('teacher/teacher.json', (await cloud.store.get('teacher/teacher.json'))!);
  const { answer } = await eventually(() =>
    cloud.courier.delivered.find(({ rule }) => rule.endsWith('teacher-changed')),
  );
  expect(JSON.parse(answer)).toMatchObject({ started: false, reason: expect.stringContaining('this very teacher') });
  expect(await executionsOf(cloud, 'retraining')).toEqual(before);
});

describe('the schedule', () => {
  /** Fire it as EventBridge Scheduler would, with the input that the template gives it. */
  async function fire(
    time = new Date(),
    limits: object = {},
  ): Promise<{ started: boolean; outcome: string; reason: string }> {
    const assembly = await readAssembly(inject('assembly'));
    const [{ Properties }] = resourcesOf(assembly, 'AWS::Scheduler::Schedule');
    const { Input } = Properties.Target as { Input: string };
    const input = JSON.parse(Input.replace('<aws.scheduler.scheduled-time>', time.toISOString()));
    const trigger = cloud.lambda.find(`ionsieve-${STAGE}-trigger`)!;
    const answer = await cloud.lambda.invoke(trigger, JSON.stringify({ ...input, ...limits }));
    return JSON.parse(answer.throttled ? '{}' : answer.payload);
  }

  it('that fires twice screens once, and nothing when nothing changed', async () => {
    await useShippedStudent(cloud);
    const before = (await executionsOf(cloud, 'screening')).length;
    await Promise.all([fire(), fire()]);
    const executions = await executionsOf(cloud, 'screening');
    expect(executions).toHaveLength(before + 1);
    expect((await settled(cloud, executions[0].arn)).status).toBe('SUCCEEDED');
    expect(await fire()).toMatchObject({ started: false, reason: expect.stringContaining('unchanged') });
    expect(await executionsOf(cloud, 'screening')).toHaveLength(before + 1);
  });

  it('has a screening finished of which a chunk always failed, at its next firing and not by a doubled one', async () => {
    const limits = { top: 77 }; // a run of its own
    const before = (await executionsOf(cloud, 'screening')).length;
    cloud.lambda.disturb = (name) => (name.endsWith('screen-chunk') ? 'crash' : undefined);
    const first = new Date();
    expect(await fire(first, limits)).toMatchObject({ outcome: 'started' });
    const [failing] = await executionsOf(cloud, 'screening');
    expect((await settled(cloud, failing.arn)).status).toBe('FAILED');
    expect(await fire(first, limits)).toMatchObject({ started: false, outcome: 'answered' });
    cloud.lambda.disturb = () => undefined;
    expect(await fire(new Date(), limits)).toMatchObject({ outcome: 'started' }); // a redrive in AWS, which moto has not
    const executions = await executionsOf(cloud, 'screening');
    expect(executions).toHaveLength(before + 2);
    const next = executions.find(({ name }) => name === `${failing.name}-1`)!;
    expect((await settled(cloud, next.arn)).status).toBe('SUCCEEDED');
    expect(await fire(new Date(), limits)).toMatchObject({
      started: false,
      reason: expect.stringContaining('unchanged'),
    });
  });
});

it('no function used more memory than it has, and none was refused anything', () => {
  const { functions, lambda, gateway } = cloud;
  for (const [name, peak] of Object.entries(lambda.peakMemory()))
    expect(peak).toBeLessThan(functions.get(name)!.memory);
  expect(gateway.calls.filter(({ allowed }) => !allowed)).toEqual([]);
});

it('each workflow invokes the functions that its own role allows, all of them and no others', () => {
  const invoked = (caller: string) => cloud.gateway.calls.filter((call) => call.caller === caller);
  for (const workflow of ['screening', 'retraining']) {
    const role = cloud.roles.get(workflow)!;
    const statements = cloud.statements.get(role)!;
    expect(unused(statements, invoked(role)).filter((grant) => grant.startsWith('lambda:'))).toEqual([]);
    const others = [...cloud.functions.values()].filter(
      ({ arn }) => !invoked(role).some((call) => call.resource === arn),
    );
    const calls = others.map(({ arn }) => ({ action: 'lambda:InvokeFunction', resource: arn, context: {} }));
    expect(calls.filter((call) => isAllowed(statements, call))).toEqual([]);
  }
});

it('every function uses the keys and workflows that its role allows', () => {
  const idle = [...cloud.functions.keys()].map((name) => {
    const calls = cloud.gateway.calls.filter(({ caller }) => caller === name);
    const grants = unused(cloud.statements.get(name)!, calls).filter((grant) => /^(s3:(Get|Put)|states:)/.test(grant));
    return [name, grants.map((grant) => grant.replace(/ .*:::[^/]+/, ' '))];
  });
  expect(Object.fromEntries(idle.filter(([, grants]) => grants.length > 0))).toEqual({
    [`ionsieve-${STAGE}-trigger`]: [expect.stringMatching(/^states:RedriveExecution .*:screening-\*$/)], // moto has no redrive
    [`ionsieve-${STAGE}-split-dataset`]: ['s3:GetObject /datasets/*'], // looks into files that are too large for a shard
  });
});
