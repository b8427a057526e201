import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanEvent } from '../../functions/plan.ts';
import { createTriggerHandler as createTrigger } from '../../functions/trigger.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import type { S3Store } from '../../shared/io/store/s3-store.ts';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { RecordedExecutions } from '../recorded-executions.ts';
import { S3Server } from './s3-server.ts';
import { SEED } from './seed.ts';
import { CHUNKS, equip, outputsOf, Screening, STUDENTS, use } from './stored-runs.ts';

const SHORT = process.env.IONSIEVE_FAULTS === 'short';
const FIRST_SEED = 1000 * SEED;
const STORMS = SHORT ? 2 : 30;

let server: S3Server;
let root: string;
/** Run id and outputs by student, over a directory. */
const right: { readonly runId: string; readonly outputs: string }[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-workflow-'));
  for (const [i, student] of STUDENTS.entries()) {
    const store = new DirectoryStore(join(root, String(i)));
    await equip(store);
    await use(store, student);
    const runId = await new Screening(store).run();
    right.push({ runId, outputs: (await outputsOf(store, runId)) as string });
  }
  server = await S3Server.start();
});
afterAll(async () => {
  await server?.stop();
  if (root) await rm(root, { recursive: true });
});

async function equipped(): Promise<S3Store> {
  const { store } = await server.bucket();
  await equip(store);
  await use(store, STUDENTS[0]);
  return store;
}

describe('a screening', () => {
  it(`whose functions run twice at once, in any order, ranks as one whose functions run once: ${STORMS} times`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STORMS; seed++) {
      const store = await equipped();
      const random = createRandom(seed);
      const lambdas = [new Screening(store), new Screening(store)];
      const plans = await Promise.all(
        lambdas.map((each, i) => each.plan({ chunks: CHUNKS - i * randomInteger(random, 4) })),
      );
      expect(new Set(plans.map(({ runId }) => runId))).toEqual(new Set([right[0].runId]));
      const work = lambdas.flatMap((each) =>
        each.environments.slice(0, 1).map(async (screen) => {
          for (const item of shuffle(await each.items(plans[0]), random)) await screen(item);
        }),
      );
      await Promise.all(work);
      await Promise.all(lambdas.map((each) => each.reduce({ runId: right[0].runId })));
      expect((await outputsOf(store, right[0].runId)) === right[0].outputs, `seed ${seed}`).toBe(true);
    }
  });

  it('keeps the student that it began with where another one is promoted at any point of it', async () => {
    for (let after = 0; after <= CHUNKS + 1; after++) {
      const store = await equipped();
      const lambda = new Screening(store);
      const promote = async (step: number) => (step === after ? use(store, STUDENTS[1]) : undefined);
      const plan = await lambda.plan({});
      await promote(0);
      for (const [i, item] of (await lambda.items(plan)).entries()) {
        await lambda.environments[0](item);
        await promote(i + 1);
      }
      await lambda.reduce({ runId: plan.runId });
      await promote(CHUNKS + 1);
      expect(plan.runId).toBe(right[0].runId);
      expect((await outputsOf(store, plan.runId)) === right[0].outputs, `after ${after}`).toBe(true);
    }
  });

  it('that the schedule finds running is left alone; after a promotion the schedule starts another, of the new student', async () => {
    const store = await equipped();
    const screening = new RecordedExecutions();
    const workflows = { screening, retraining: new RecordedExecutions() };
    const trigger = createTrigger(async () => ({ store, bucket: 'mine', defaultSpace: 'spaces/test.json', workflows }));
    const fire = () =>
      trigger({ source: 'ionsieve.schedule', time: screening.now().toISOString(), top: 40, perSystem: 2 });
    const first = await fire();
    expect(first).toMatchObject({ outcome: 'started', execution: `screening-${right[0].runId}` });
    expect(await fire()).toMatchObject({ outcome: 'running', execution: first.execution });
    await use(store, STUDENTS[1]);
    const second = await fire();
    expect(second).toMatchObject({ outcome: 'started', execution: `screening-${right[1].runId}` });
    const lambdas = [new Screening(store), new Screening(store)];
    const inputs = [first, second].map(({ execution }) => screening.inputs.get(execution as string) as PlanEvent);
    expect(await Promise.all(lambdas.map((each, i) => each.run(inputs[i])))).toEqual(right.map(({ runId }) => runId));
    for (const { runId, outputs } of right) expect((await outputsOf(store, runId)) === outputs).toBe(true);
  });
});
