import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { chunkKey, outputKey } from '../../shared/runs/run-keys.ts';
import { readAssembly } from './harness/assembly.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { eventually, execute, executionsOf, settled } from './harness/executions.ts';
import type { Fault } from './harness/lambda-service.ts';
import { cloudOutputs, localOutputs } from './outputs.ts';
import { seed, shipped, useShippedStudent } from './seed.ts';
import { SPENDING_LIMIT, STAGE } from './stage.ts';

const SPACE = { space: 'spaces/small.json' };
const CHUNKS = 24;

let cloud: Cloud;
let scratch: string;

beforeAll(async () => {
  cloud = await startCloud(inject('tools'), await readAssembly(inject('assembly')), STAGE);
  await seed(cloud);
  await useShippedStudent(cloud);
  await cloud.courier.start();
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-local-'));
});
afterEach(() => {
  cloud.lambda.disturb = () => undefined;
  cloud.lambda.forget();
  cloud.gateway.published.length = 0;
});
afterAll(async () => {
  await cloud?.stop();
  if (scratch) await rm(scratch, { recursive: true });
});

interface Planned {
  readonly plan: { readonly runId: string; readonly chunks: number };
}

/** Run the workflow over the small space. */
function screen(name: string, event: object) {
  return execute(cloud, 'screening', name, { ...SPACE, ...event });
}

async function outputs(runId: string): Promise<Record<string, string>> {
  return cloudOutputs(cloud, runId);
}

/** The same run by the command line on this machine, in other chunks. */
function localRun(runId: string, top: number): Promise<Record<string, string>> {
  return localOutputs(scratch, runId, ['--space', 'small', '--top', String(top), '--chunks', '5']);
}

function chunkOf(event: unknown): number {
  return (event as { chunk: number }).chunk;
}

/** How often each chunk was tried. */
function triesByChunk(): number[] {
  const tries: number[] = [];
  for (const { event } of cloud.lambda.invocationsOf('screen-chunk'))
    tries[chunkOf(event)] = (tries[chunkOf(event)] ?? 0) + 1;
  return tries;
}

/** How often each chunk's result was written. */
function screenedAnew(runId: string): number[] {
  const puts = cloud.gateway.calls.filter(({ action }) => action === 's3:PutObject').map(({ resource }) => resource);
  return Array.from({ length: CHUNKS }, (_, n) => puts.filter((arn) => arn.endsWith(chunkKey(runId, n))).length);
}

/** Invoke a function by hand; its receipt or error. */
async function call(name: string, event: object): Promise<string> {
  const answer = await cloud.lambda.invoke(cloud.lambda.find(`ionsieve-${STAGE}-${name}`)!, JSON.stringify(event));
  return answer.throttled ? 'throttled' : answer.payload;
}

/** Have the tries at one chunk go wrong one after the other; further ones go well. */
function disturbChunk(chunk: number, faults: Fault[]): void {
  cloud.lambda.disturb = (name, event) =>
    name.endsWith('screen-chunk') && chunkOf(event) === chunk ? faults.shift() : undefined;
}

/** What the notice of an execution that failed names, a list for each of its maps. */
async function failuresTold(executionArn: string): Promise<{ what: string; error: string; cause: string }[][]> {
  cloud.gateway.published.length = 0;
  await cloud.courier.raiseEnd(executionArn);
  const { arn } = await eventually(async () => (await executionsOf(cloud, 'failure-report')).at(0));
  expect(await settled(cloud, arn)).toMatchObject({ status: 'SUCCEEDED', cause: '' });
  const { execution, failed } = JSON.parse(cloud.gateway.published[0]);
  expect(execution).toMatchObject({ executionArn, status: 'FAILED' });
  return failed;
}

describe('a screening', () => {
  it(`of ${CHUNKS} chunks ranks to the byte as the same run on one machine`, async () => {
    const { status, output } = await screen('first', { chunks: CHUNKS, top: 500 });
    const { runId, chunks } = (output as unknown as Planned).plan;
    expect([status, chunks]).toEqual(['SUCCEEDED', CHUNKS]);
    expect(triesByChunk()).toEqual(Array(CHUNKS).fill(1));
    expect(await outputs(runId)).toEqual(await localRun(runId, 500));
    expect(cloud.gateway.published).toEqual([expect.stringContaining(outputKey(runId, 'ranking.csv'))]);
    expect(cloud.gateway.published[0]).toContain('no earlier run of this kind');
  });

  it('of what is ranked already screens nothing', async () => {
    const { status } = await screen('again', { chunks: 3, top: 500 });
    expect(status).toBe('SUCCEEDED');
    expect(cloud.lambda.records.map(({ functionName }) => functionName)).toEqual([`ionsieve-${STAGE}-plan`]);
  });

  it('with another student is compared with the last one: told with its reason, at a page in the bucket', async () => {
    const student = 'models/students/other/student.onnx';
    await cloud.store.put(student, await shipped('models/student-measured.onnx'));
    const last = await screen('last', { chunks: 3, top: 500 });
    const { status, output } = await screen('other', { chunks: 3, top: 500, student, committee: 'none' });
    const [before, after] = [last.output, output].map((one) => (one as unknown as Planned).plan.runId);
    expect(status).toBe('SUCCEEDED');
    const [news] = cloud.gateway.published;
    expect(news).toContain(outputKey(after, 'ranking.csv'));
    expect(news).toMatch(
      new RegExp(`last run, small ${before.slice(0, 8)}: \\d+ entered, \\d+ left, \\d+ moved, \\d+ stayed`),
    );
    expect(news).toMatch(/^Why: .*student \w{12} → \w{12}/m);
    const page = outputKey(after, 'comparison.html');
    expect(news).toContain(`${cloud.store.location}/${page}\nhttps://console.aws.amazon.com/s3/object/`);
    expect(Buffer.from((await cloud.store.get(page))!).toString()).toContain('What changed between two rankings');
    expect(cloud.gateway.published).toHaveLength(1);
  });

  it('after a last one that is damaged succeeds, and says why there is no comparison', async () => {
    const { runId } = JSON.parse(await call('plan', { ...SPACE, top: 450 }));
    const first = await screen('before-damage', { chunks: 3, top: 450 });
    await cloud.store.put(outputKey(runId, 'ranking.csv'), Buffer.from('rank,formula\n'));
    const second = await screen('after-damage', { chunks: 3, top: 450, prune: true });
    expect([first.status, second.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(cloud.gateway.published[1]).toMatch(/no comparison with the last run: .*ranking\.csv: its SHA-256 is/);
  });

  it('goes on when a chunk times out, runs out of memory and is throttled, and then succeeds', async () => {
    const faults: Fault[] = ['timeout', 'memory', 'throttle'];
    disturbChunk(7, [...faults]);
    const { status, output } = await screen('three-failures', { chunks: CHUNKS, top: 400 });
    expect(status).toBe('SUCCEEDED');
    const tries = Array.from({ length: CHUNKS }, (_, chunk) => (chunk === 7 ? 1 + faults.length : 1));
    expect(triesByChunk()).toEqual(tries);
    const { runId } = (output as unknown as Planned).plan;
    expect(await outputs(runId)).toEqual(await localRun(runId, 400));
  });

  it('fails with a chunk that always fails, which is named, and a restart does the others no second time', async () => {
    disturbChunk(11, Array(100).fill('crash'));
    const failed = await screen('always-failing', { chunks: CHUNKS, top: 300 });
    expect([failed.status, failed.error]).toEqual(['FAILED', 'ExceedToleratedFailureThreshold']);
    const tries = triesByChunk();
    expect(tries.toSpliced(11, 1)).toEqual(Array(CHUNKS - 1).fill(1));
    expect(tries[11]).toBeGreaterThan(3);
    expect(cloud.lambda.invocationsOf('reduce')).toEqual([]);

    const { runId, chunkList } = JSON.parse(await call('plan', { ...SPACE, top: 300 }));
    expect(await call('reduce', { runId })).toContain('chunk 11 is missing');
    const { start, end } = JSON.parse(Buffer.from((await cloud.store.get(chunkList))!).toString())[11];
    expect(await failuresTold(failed.arn)).toEqual([
      [{ what: `run ${runId}, chunk 11 [${start}, ${end})`, error: 'Runtime.ExitError', cause: expect.any(String) }],
    ]);

    cloud.lambda.disturb = () => undefined;
    const { status, output } = await screen('restart', { chunks: CHUNKS, top: 300 });
    expect([status, (output as unknown as Planned).plan.runId]).toEqual(['SUCCEEDED', runId]);
    expect(screenedAnew(runId)).toEqual(Array.from({ length: CHUNKS }, () => 1));
    expect(await outputs(runId)).toEqual(await localRun(runId, 300));
  });

  it('above the spending limit stops before anything fans out, with both figures', async () => {
    const { status, error, cause } = await screen('dear', { space: 'spaces/ionic-quinary.json', chunks: 200 });
    expect([status, error]).toEqual(['FAILED', 'SpendingLimitExceeded']);
    const [, estimate, limit] = /cost ([\d.]+) US dollars, above the spending limit of ([\d.]+)\./.exec(cause) ?? [];
    expect(Number(limit)).toBe(SPENDING_LIMIT);
    expect(Number(estimate)).toBeGreaterThan(SPENDING_LIMIT);
    expect(cloud.lambda.invocationsOf('screen-chunk')).toEqual([]);
  });
});

it('no function used more memory than it has, and none was refused anything', () => {
  const { functions, lambda, gateway } = cloud;
  for (const [name, peak] of Object.entries(lambda.peakMemory()))
    expect(peak).toBeLessThan(functions.get(name)!.memory);
  expect(gateway.calls.filter(({ allowed }) => !allowed)).toEqual([]);
});
