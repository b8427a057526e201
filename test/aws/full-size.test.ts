import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type CurrentStudent, loadCurrentStudent } from '../../shared/models/current-student.ts';
import { sharedData } from '../shared-data.ts';
import { synthesize } from './harness/assembly.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { execute, executionsOf, settled } from './harness/executions.ts';
import { seed, useShippedStudent } from './seed.ts';
import { STAGE, STAGE_OVERRIDES } from './stage.ts';

/** Minutes of work, so only with IONSIEVE_FULL_SIZE set: a retraining by the settings that are deployed by default. */

const STRUCTURES = sharedData('mp-li.optimade.jsonl.gz');
const FOLDS = 5;

let cloud: Cloud;
let assembly: string;
let shipped: CurrentStudent;

beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'ionsieve-full-size-'));
  const { distillation: _, ...overrides } = STAGE_OVERRIDES;
  cloud = await startCloud(inject('tools'), await synthesize(assembly, STAGE, overrides), STAGE);
  await seed(cloud);
  shipped = await useShippedStudent(cloud);
});
afterAll(async () => {
  await cloud?.stop();
  if (assembly) await rm(assembly, { recursive: true });
});

/** A line for each function: how often it ran, how long all in all and at most, and the most memory that it used. */
function figures(): string {
  const { records } = cloud.lambda;
  const lines = Object.entries(cloud.lambda.peakMemory()).map(([name, megabytes]) => {
    const seconds = records.filter(({ functionName }) => functionName === name).map((record) => record.seconds);
    const total = seconds.reduce((sum, each) => sum + each, 0);
    const longest = Math.max(0, ...seconds);
    return `${name}: ${seconds.length} times, ${total.toFixed(1)} s, at most ${longest.toFixed(1)} s, ${megabytes} MB`;
  });
  return `${lines.join('\n')}\n`;
}

it('a retraining by the default settings, on the structures behind the shipped labels, promotes its student', async () => {
  await cloud.store.put('datasets/materials-project/mp-li.optimade.jsonl.gz', await readFile(STRUCTURES!));
  const { status, cause } = await execute(cloud, 'retraining', 'full', { dataset: 'materials-project' });
  expect([status, cause]).toEqual(['SUCCEEDED', '']);
  const trainings = cloud.lambda.invocationsOf('train');
  expect(trainings.filter(({ failed }) => failed)).toEqual([]);
  expect(trainings.length).toBeGreaterThanOrEqual(2 * (FOLDS + 1)); // more where one takes longer than 60 % of its time-out
  const { current } = (await loadCurrentStudent(cloud.store))!;
  expect(current.previous).toBe(shipped.hash);
  const [{ arn }] = await executionsOf(cloud, 'screening');
  expect((await settled(cloud, arn)).status).toBe('SUCCEEDED');
  process.stdout.write(`${figures()}average precision ${current.averagePrecision}, was ${shipped.averagePrecision}\n`);
});
