import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { type Ended, runCli, runCliWith } from '../run-cli.ts';
import { readAssembly } from './harness/assembly.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { executionsOf } from './harness/executions.ts';
import { SPENDING_LIMIT, STAGE } from './stage.ts';

const CHUNKS = 20;
const RANKED = 204; // in the small space, at most 3 of a system
const SMALL = ['--space', 'small', '--chunks', String(CHUNKS)];

let cloud: Cloud;
let scratch: string;

beforeAll(async () => {
  cloud = await startCloud(inject('tools'), await readAssembly(inject('assembly')), STAGE);
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-cloud-'));
});
afterEach(() => {
  cloud.lambda.disturb = () => undefined;
});
afterAll(async () => {
  await cloud?.stop();
  if (scratch) await rm(scratch, { recursive: true });
});

/** `ionsieve cloud …` as an operator of the account. */
function run(...args: string[]): Promise<Ended> {
  return call('cloud', ...args);
}

/** Any command as that operator. */
function call(...args: string[]): Promise<Ended> {
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: cloud.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: '-',
  };
  return runCliWith(env, scratch, ...args);
}

/** The same with --json, read. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, '--stage', STAGE, '--json');
  expect(stdout, stderr).not.toBe('');
  return { code, ...JSON.parse(stdout) };
}

describe('a stage without runs', () => {
  it('has none to list, watch or cancel', async () => {
    expect(await run('list', '--stage', STAGE)).toMatchObject({ code: 0, stdout: `stage ${STAGE} has no runs\n` });
    for (const command of ['watch', 'cancel', 'results'])
      expect(await run(command, '--stage', STAGE)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('`cloud start`'),
      });
  });

  it('is named when another one is asked for', async () => {
    const { code, stderr } = await run('list', '--stage', 'prod');
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: stage prod is not deployed in region us-east-1 of this account; ${STAGE} is. Give --stage, --region or --profile, or deploy it: npx cdk deploy --all -c stage=prod\n`,
    );
  });
});

describe('a run', () => {
  let runId: string;

  it('is started in an empty bucket, which gets the shipped student, labels and teacher; nothing is retrained', async () => {
    const started = await json('start', ...SMALL);
    expect(started).toMatchObject({ code: 0, outcome: 'started', chunks: CHUNKS });
    runId = started.runId;
    expect(await cloud.store.list('')).toEqual(
      expect.arrayContaining([
        ...['labels/labels.csv.gz', 'models/current.json', 'teacher/teacher.json'],
        ...['spaces/ionic-quinary.json', 'spaces/small.json'],
        ...['committee.onnx', 'labels.csv.gz', 'student.card.json', 'student.card.md', 'student.onnx'].map(
          (f) => `models/students/${started.student}/${f}`,
        ),
      ]),
    );
  });

  it('is watched to its end', async () => {
    const ended = await json('watch', runId, '--interval', '1');
    expect(ended).toMatchObject({ code: 0, runId, status: 'SUCCEEDED', ranked: RANKED });
    expect(ended.chunks).toEqual({ total: CHUNKS, pending: 0, running: 0, succeeded: CHUNKS, failed: 0, aborted: 0 });
    expect(ended.spent).toBeGreaterThan(0.002);
    expect(await executionsOf(cloud, 'retraining')).toEqual([]);
  });

  it('that is finished is watched as well, and is not started again', async () => {
    const { stdout } = await run('watch', '--stage', STAGE);
    expect(stdout).toContain(`next: ionsieve cloud results ${runId} --stage ${STAGE}`);
    expect(await json('start', ...SMALL)).toMatchObject({ runId, outcome: 'finished', execution: null });
    expect(await executionsOf(cloud, 'screening')).toHaveLength(1);
  });

  it('gives the very bytes of the same run on one machine', async () => {
    const { files } = await json('results', runId, '--out', 'fetched');
    expect(files).toHaveLength(5);
    expect((await runCli(scratch, 'screen', '--space', 'small', '--out', 'local')).code).toBe(0);
    for (const file of ['ranking.csv', 'ranking.parquet', 'summary.json', 'receipt.json']) {
      const read = (out: string) => readFile(join(scratch, out, outputKey(runId, file)));
      expect(Buffer.compare(await read('fetched'), await read('local'))).toBe(0);
    }
  });

  it('with a damaged output is refused', async () => {
    const key = outputKey(runId, 'ranking.csv');
    const good = (await cloud.store.get(key))!;
    await cloud.store.put(key, good.slice(1));
    const { code, stderr } = await run('results', runId, '--stage', STAGE, '--out', 'damaged');
    expect([code, stderr]).toEqual([3, expect.stringContaining(`${key}: its SHA-256 is`)]);
    await cloud.store.put(key, good);
  });

  it('of a list is put into the bucket and ranked as on one machine', async () => {
    await writeFile(join(scratch, 'list.csv'), 'formula\nLi3PS4\nLi6PS5Cl\nnothing\nLi6.4La3Zr1.4Ta0.6O12\n');
    const { runId: ofList, outcome } = await json('start', '--compositions', 'list.csv');
    expect([outcome, await cloud.store.list('datasets/')]).toEqual(['started', ['datasets/list/list.csv']]);
    expect(await json('watch', ofList, '--interval', '1')).toMatchObject({ code: 0, status: 'SUCCEEDED', ranked: 3 });
    expect((await run('results', ofList, '--stage', STAGE, '--out', 'fetched')).code).toBe(0);
    expect((await runCli(scratch, 'screen', '--compositions', 'list.csv', '--out', 'local')).code).toBe(0);
    const [there, here] = await Promise.all(
      ['fetched', 'local'].map((out) => readFile(join(scratch, out, outputKey(ofList, 'ranking.csv')), 'utf8')),
    );
    expect(there).toBe(here);
  });

  it('of what lies in the bucket is started once as well', async () => {
    const inBucket = ['start', '--compositions', 'datasets/list/list.csv'];
    const { runId: unknown, execution, outcome } = await json(...inBucket);
    expect([unknown, outcome]).toEqual([null, 'started']);
    const { code, status, runId } = await json('watch', execution, '--interval', '1');
    expect([code, status]).toEqual([0, 'SUCCEEDED']);
    expect(await json(...inBucket)).toMatchObject({ runId, execution, outcome: 'finished' });
  });

  it('of another space of the same name is refused unless it is to replace the first', async () => {
    const definition = { name: 'mine', mobileIon: 'Li', elements: ['P', 'S'], anions: ['S'], arity: [3, 3] };
    await writeFile(join(scratch, 'small.json'), JSON.stringify({ ...definition, maxCoefficient: 4 }));
    const before = await cloud.store.get('spaces/small.json');
    const { code, stderr } = await run('start', '--space', './small.json', '--stage', STAGE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('give --replace')]);
    expect(await cloud.store.get('spaces/small.json')).toEqual(before);
  });

  it('is compared with one of a directory, which has the reason too', async () => {
    const { runId: other } = await json('start', ...SMALL, '--top', '100');
    expect(await json('watch', other, '--interval', '1')).toMatchObject({ code: 0, ranked: 100 });
    const address = `${cloud.store.location}/runs/${other}`;
    const { stdout, stderr } = await call('compare', address, runId, '--runs', 'local', '--json');
    expect(stdout, stderr).not.toBe('');
    const { entered, left, moved, stayed, changes } = JSON.parse(stdout);
    expect([entered.length, left.length, moved.length, stayed]).toEqual([RANKED - 100, 0, 0, 100]);
    expect(changes).toEqual([{ what: 'option top', before: '100', after: '1000' }]);
    const absent = await call('compare', `${cloud.store.location}/runs/${'0'.repeat(20)}`, runId, '--runs', 'local');
    expect([absent.code, absent.stderr]).toEqual([3, expect.stringContaining('it is missing')]);
  });
});

describe('a run that does not succeed', () => {
  it('above the spending limit says both figures, and is started under another name the next time', async () => {
    const { runId } = await json('start', '--space', 'ionic-quinary', '--chunks', '200');
    const { code, stdout } = await run('watch', runId, '--stage', STAGE, '--interval', '1');
    expect(code).toBe(1);
    const [, estimate, limit] = /cost ([\d.]+) US dollars, above the spending limit of ([\d.]+)\./.exec(stdout) ?? [];
    expect(Number(limit)).toBe(SPENDING_LIMIT);
    expect(Number(estimate)).toBeGreaterThan(SPENDING_LIMIT);
    expect((await json('start', '--space', 'ionic-quinary', '--chunks', '200')).outcome).toBe('started');
    expect((await json('watch', runId, '--interval', '1')).error).toBe('SpendingLimitExceeded');
  });

  it('is stopped by cancel, which says what was spent, and goes on when it is started again', async () => {
    cloud.lambda.disturb = (name, event) =>
      name.endsWith('screen-chunk') && (event as { chunk: number }).chunk > 5 ? 'throttle' : undefined;
    const { runId } = await json('start', ...SMALL, '--top', '200');
    await expect
      .poll(async () => (await cloud.store.list(`runs/${runId}/chunks/`)).length, { timeout: 120_000 })
      .toBe(6);
    const { code, wasRunning, spent, chunks } = await json('cancel', runId);
    expect([code, wasRunning]).toEqual([0, true]);
    expect(chunks.succeeded).toBeGreaterThanOrEqual(1);
    expect(spent).toBeGreaterThan(0);
    expect(await json('watch', runId)).toMatchObject({ code: 1, status: 'ABORTED' });
    expect((await json('cancel', runId)).wasRunning).toBe(false);
    cloud.lambda.disturb = () => undefined;
    expect(await json('start', ...SMALL, '--top', '200')).toMatchObject({ code: 0, runId, outcome: 'started' });
    expect(await json('watch', runId, '--interval', '1')).toMatchObject({ code: 0, status: 'SUCCEEDED' });
  });

  it('for one chunk has failed, which is named', async () => {
    cloud.lambda.disturb = (name, event) =>
      name.endsWith('screen-chunk') && (event as { chunk: number }).chunk === 3 ? 'crash' : undefined;
    const { runId } = await json('start', ...SMALL, '--top', '50');
    const { code, status, chunks, failedChunks } = await json('watch', runId, '--interval', '1');
    expect([code, status, chunks.failed]).toEqual([1, 'FAILED', 1]);
    expect(failedChunks).toEqual([{ chunk: 3, error: expect.stringContaining('Runtime exited') }]);
    expect((await run('watch', runId, '--stage', STAGE)).stdout).toMatch(/^chunk 3: .*Runtime exited/m);
  });

  it('is listed with the others, the newest first', async () => {
    const { code, stdout } = await run('list', '--stage', STAGE);
    expect(code).toBe(0);
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect(header.split(/ {2,}/)).toEqual(['run', 'state', 'started', 'source', 'student', 'chunks', 'US dollars']);
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual([
      ...['failed', 'succeeded', 'aborted', 'failed', 'failed'],
      ...['succeeded', 'succeeded', 'succeeded', 'succeeded'],
    ]);
  });
});
