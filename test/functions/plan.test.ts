import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanHandler } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { DEFAULT_STAGE } from '../../shared/cost/cloud-simulation.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { storeInputs } from '../../shared/io/store/inputs.ts';
import { CURRENT_STUDENT_KEY, encodeCurrentStudent, studentKey } from '../../shared/models/current-student.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import { planKey } from '../../shared/runs/run-keys.ts';
import { randomStudent } from '../random-student.ts';

const SPACE = { space: 'spaces/small.json' };
const KNOWN = ['Li', 'B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La'];

let root: string;
let store: DirectoryStore; // all in one, as a bucket is

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-plan-'));
  store = new DirectoryStore(root);
  await store.put('spaces/small.json', await readFile(new URL('../../data/spaces/small.json', import.meta.url)));
});
afterAll(() => rm(root, { recursive: true }));

async function promote(seed: number): Promise<string> {
  const bytes = randomStudent(KNOWN, seed);
  const hash = sha256(bytes);
  const student = studentKey(hash, 'student.onnx');
  await store.put(student, bytes);
  const hashes = { teacherHash: '0'.repeat(64), labelsHash: '1'.repeat(64) };
  const pointer = encodeCurrentStudent({ student, hash, ...hashes, averagePrecision: 0.7, previous: null });
  await store.put(CURRENT_STUDENT_KEY, pointer);
  return hash;
}

function plan(event: object, spendingLimit: number | null = null): Promise<PlanReceipt> {
  const handler = createPlanHandler(async () => ({
    store,
    inputs: storeInputs(store),
    claim: async () => undefined,
    chunkSeconds: 30,
    spendingLimit,
  }));
  return handler(event);
}

describe('planning over a store', () => {
  it('takes the student in use, and keeps it with the run when another one is promoted', async () => {
    const first = await promote(1);
    const { runId, chunkList } = await plan(SPACE);
    const second = await promote(2);
    expect(sha256((await store.get(planKey(runId, 'student.onnx'))) as Uint8Array)).toBe(first);
    expect(await store.get(chunkList)).toBeDefined();
    const later = await plan(SPACE);
    expect(later.runId).not.toBe(runId);
    expect(sha256((await store.get(planKey(later.runId, 'student.onnx'))) as Uint8Array)).toBe(second);
    expect(await plan({ ...SPACE, student: studentKey(first, 'student.onnx') })).toMatchObject({
      runId,
      resumed: true,
    });
  });

  it('ranks 1,000 compositions, 3 of a system, unless told otherwise', async () => {
    await promote(1);
    const { runId } = await plan(SPACE);
    expect(await plan({ ...SPACE, top: 1000, perSystem: 3, chunks: 0 })).toMatchObject({ runId });
    expect((await plan({ ...SPACE, top: 10 })).runId).not.toBe(runId);
  });

  it('makes few chunks where each bears the start of a function', async () => {
    await promote(1);
    expect((await plan(SPACE)).chunks).toBe(1);
  });

  it('makes as many chunks as are best in the stage, unless told how long one should take', async () => {
    await promote(1);
    const load = (timeoutSeconds: number) => async () => ({
      store: new DirectoryStore(join(root, `timeout-${timeoutSeconds}`)),
      inputs: storeInputs(store),
      claim: async () => undefined,
      spendingLimit: null,
      stage: { ...DEFAULT_STAGE, timeoutSeconds },
    });
    const [long, short] = await Promise.all([300, 0.001].map((seconds) => createPlanHandler(load(seconds))(SPACE)));
    expect(long.chunks).toBe(1);
    expect(short.chunks).toBeGreaterThan(1); // none takes more than a third of the time-out
    expect(short.runId).toBe(long.runId);
  });

  it('says what the run costs and whether that is within the limit, both times', async () => {
    await promote(3);
    const dear = await plan(SPACE, 1e-6);
    expect(dear).toMatchObject({ spendingLimit: 1e-6, withinLimit: false, resumed: false });
    expect(dear.costEstimate).toBeGreaterThan(1e-6);
    expect(await plan(SPACE, 1)).toEqual({ ...dear, spendingLimit: 1, withinLimit: true, resumed: true });
  });

  it('says that a run is finished as long as its outputs are whole', async () => {
    await promote(4);
    const event = { ...SPACE, chunks: 2 };
    const { runId, chunkList, finished } = await plan(event);
    expect(finished).toBe(false);
    const inputs = storeInputs(store);
    const screen = createScreenHandler(async () => ({ store, inputs, threads: 1, onScreened: () => undefined }));
    for (const item of JSON.parse(Buffer.from((await store.get(chunkList)) ?? []).toString())) await screen(item);
    const receipt = await createReduceHandler(async () => ({ store }))({ runId });
    expect(receipt.top).toHaveLength(10);
    expect(receipt.message).toMatch(
      /^4500 compositions of small screened; \d+ reach probability 0\.5\.\n1\. \w+ 0\.\d{6}\n/,
    );
    expect(receipt.message).toMatch(new RegExp(`ranked in ${store.location}/${receipt.ranking}$`));
    expect((await plan(event)).finished).toBe(true);
    await store.put(receipt.ranking, Buffer.from('damaged'));
    expect((await plan(event)).finished).toBe(false);
  });
});

describe('planning is refused', () => {
  it('when a promoted student is not the one that was promoted', async () => {
    const hash = await promote(5);
    await store.put(studentKey(hash, 'student.onnx'), randomStudent(KNOWN, 6));
    await expect(plan(SPACE)).rejects.toThrow(`student.onnx: its SHA-256 is`);
  });

  it('when there is no student in use, or no such space', async () => {
    await rm(join(root, CURRENT_STUDENT_KEY));
    await expect(plan(SPACE)).rejects.toThrow('models/current.json: there is no such object');
    await expect(plan({ space: 'spaces/none.json' })).rejects.toThrow('spaces/none.json: there is no such object');
  });

  it.each([
    [{}, 'event of plan:space: space is missing: it should be a text'],
    [{ ...SPACE, compositions: 'datasets/a.csv' }, 'event of plan: it names a space and compositions'],
    [{ ...SPACE, top: 0 }, 'event of plan:top: 0 is not an integer >= 1'],
    [{ ...SPACE, student: 7 }, 'event of plan:student: 7 is not a text'],
    [{ ...SPACE, chunks: 1e7 }, '10000000 chunks are more than 1000000'],
  ])('when the event is %j', async (event, message) => {
    await expect(plan(event)).rejects.toThrow(message);
  });
});

describe('one run that several plan at once', () => {
  it('is cut as the first one has it, and ranks as if one had planned it', async () => {
    await promote(7);
    const counts = [2, 3, 5, 8];
    const event = { ...SPACE, top: 20 };
    const plans = await Promise.all(counts.map((chunks) => plan({ ...event, chunks })));
    expect(new Set(plans.map(({ runId, chunks }) => `${runId} ${chunks}`)).size).toBe(1);
    const [{ runId, chunks, chunkList }] = plans;
    expect(await plan({ ...event, chunks: 13 })).toMatchObject({ runId, chunks, resumed: true });
    const inputs = storeInputs(store);
    const items = JSON.parse(Buffer.from((await store.get(chunkList)) ?? []).toString());
    // Two executions: each has its own functions, does every chunk, and reduces.
    const rankings = await Promise.all(
      [1, 2].map(async () => {
        const screen = createScreenHandler(async () => ({ store, inputs, threads: 1, onScreened: () => undefined }));
        for (const item of items) await screen(item);
        const { ranking } = await createReduceHandler(async () => ({ store }))({ runId });
        return sha256((await store.get(ranking)) as Uint8Array);
      }),
    );
    expect(rankings[0]).toBe(rankings[1]);
    const alone = new DirectoryStore(join(root, 'alone'));
    const handler = createPlanHandler(async () => ({
      store: alone,
      inputs,
      claim: async () => undefined,
      chunkSeconds: 30,
      spendingLimit: null,
    }));
    await handler({ ...event, chunks: 1 });
    const screen = createScreenHandler(async () => ({
      store: alone,
      inputs,
      threads: 1,
      onScreened: () => undefined,
    }));
    for (const item of JSON.parse(Buffer.from((await alone.get(chunkList)) ?? []).toString())) await screen(item);
    const { ranking } = await createReduceHandler(async () => ({ store: alone }))({ runId });
    expect(sha256((await alone.get(ranking)) as Uint8Array)).toBe(rankings[0]);
  });

  it('is refused where the chunks that were stored first are not the whole run', async () => {
    const hash = await promote(8);
    const { runId, chunkList } = await plan({ ...SPACE, chunks: 4 });
    await rm(join(root, planKey(runId, 'run.json')));
    const items = JSON.parse(Buffer.from((await store.get(chunkList)) ?? []).toString());
    await store.put(chunkList, Buffer.from(JSON.stringify(items.slice(1))));
    await expect(plan(SPACE)).rejects.toThrow('its chunks are not the whole run');
    await store.put(chunkList, Buffer.from(JSON.stringify(items)));
    expect(await plan(SPACE)).toMatchObject({ runId, chunks: 4, resumed: true });
    expect(hash).toBe(sha256((await store.get(planKey(runId, 'student.onnx'))) as Uint8Array));
  });
});
