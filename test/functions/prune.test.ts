import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanHandler, type PlanEvent } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import { GraphBuilder } from '../../shared/onnx/graph.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import type { ReduceReceipt } from '../../shared/report/reduce-receipt.ts';
import type { RunSummary } from '../../shared/report/summary.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import type { ScreenEvent } from '../../shared/runs/chunk-screening.ts';
import { chunkKey, outputKey, planKey } from '../../shared/runs/run-keys.ts';
import type { RunRecord } from '../../shared/runs/run-plan.ts';
import { randomCommittee } from '../random-committee.ts';
import { randomStudent, studentMetadata } from '../random-student.ts';

const KNOWN = ['Li', 'O', 'P', 'S', 'Cl', 'Ge', 'La'];
const SPACE = {
  name: 'test',
  mobileIon: 'Li',
  elements: ['P', 'O', 'S', 'Cl', 'Ge', 'La'],
  anions: ['O', 'S', 'Cl'],
  arity: [3, 5],
  maxCoefficient: 11,
  minStateShare: 'seen',
  openShells: true,
};

let root: string;
let at: (file: string) => string;
let stores = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-prune-'));
  at = (file) => join(root, file);
  await writeFile(at('space.json'), JSON.stringify(SPACE));
  await writeFile(at('few.json'), JSON.stringify({ ...SPACE, maxCoefficient: 5 }));
  await writeFile(at('student.onnx'), randomStudent(KNOWN, 3));
  await writeFile(at('committee.onnx'), randomCommittee(KNOWN, 1));
  await writeFile(at('list.csv'), 'formula\nLi3PS4\n');
  const graph = new GraphBuilder();
  const elements = graph.input('elements', 'int64', ['S', 'k']);
  const amounts = graph.input('amounts', 'float', ['V', 'k']);
  const sumOf = (values: string) => graph.node('ReduceSum', [values, graph.integers([1], [1])], { keepdims: 1 });
  const sums = [sumOf(graph.cast(elements, 'float')), graph.node('Transpose', [sumOf(amounts)], { perm: [1, 0] })];
  graph.output('logit', graph.node('MatMul', sums), ['S', 'V']);
  await writeFile(at('foreign.onnx'), graph.encode('student', studentMetadata(KNOWN)));
});
afterAll(() => rm(root, { recursive: true }));

const newStore = (): DirectoryStore => new DirectoryStore(at(`store-${stores++}`));

function plan(store: DirectoryStore, event: PlanEvent): Promise<PlanReceipt> {
  const handler = createPlanHandler(async () => ({
    store,
    inputs: fileInputs,
    claim: async () => undefined,
    chunkSeconds: 30,
    spendingLimit: null,
  }));
  const models = { student: at('student.onnx'), committee: 'none' };
  const source = event.compositions === undefined ? { space: at('space.json') } : {};
  return handler({ ...source, ...models, top: 15, perSystem: 2, ...event });
}

interface Screening {
  readonly done: number; // compositions that were told to be done
  readonly reused: number; // chunks
}

async function screen(store: DirectoryStore, { chunkList }: PlanReceipt, most = Infinity): Promise<Screening> {
  let [done, reused] = [0, 0];
  const handler = createScreenHandler(async () => ({
    store,
    inputs: fileInputs,
    threads: 1,
    onScreened: (count) => {
      done += count;
    },
  }));
  const items: ScreenEvent[] = JSON.parse(Buffer.from((await store.get(chunkList)) ?? []).toString());
  for (const item of items.slice(0, most)) if ((await handler(item)).reused) reused++;
  return { done, reused };
}

interface Finished {
  readonly plan: PlanReceipt;
  readonly receipt: ReduceReceipt;
  readonly csv: string;
  readonly summary: RunSummary;
}

async function finish(store: DirectoryStore, planned: PlanReceipt): Promise<Finished> {
  const { runId } = planned;
  const receipt = await createReduceHandler(async () => ({ store }))({ runId });
  const read = async (file: string) => (await store.get(outputKey(runId, file))) ?? new Uint8Array();
  const csv = Buffer.from(await read('ranking.csv')).toString();
  return { plan: planned, receipt, csv, summary: decodeSummary(await read('summary.json')) };
}

async function run(event: PlanEvent): Promise<Finished> {
  const store = newStore();
  const planned = await plan(store, event);
  await screen(store, planned);
  return finish(store, planned);
}

async function record(store: DirectoryStore, { runId }: PlanReceipt): Promise<RunRecord> {
  return JSON.parse(Buffer.from((await store.get(planKey(runId, 'run.json'))) ?? []).toString());
}

describe('a run with bounds', () => {
  it.each<[string, PlanEvent]>([
    ['the defaults', {}],
    ['criteria', { criteria: { exclude: ['La'], minLithiumMassPercent: 5 } }],
    ['a committee and finalists', { committee: undefined, rankBy: 'lower', finalists: 60 }],
  ])('gives the ranking of one without, in any number of chunks, with %s', async (_, event) => {
    const committee = 'committee' in event ? { committee: at('committee.onnx') } : {};
    const full = await run({ ...event, ...committee });
    expect(full.csv.trimEnd().split('\n')).toHaveLength(16);
    expect(full.summary.bounded).toBeUndefined();
    const summaries = new Set<string>();
    for (const chunks of [1, 9]) {
      const pruned = await run({ ...event, ...committee, chunks, prune: true });
      expect(pruned.plan.runId).not.toBe(full.plan.runId);
      expect(pruned.csv).toBe(full.csv);
      expect(pruned.summary.bounded?.compositions).toBeGreaterThan(full.summary.screened / 10);
      summaries.add(JSON.stringify(pruned.summary));
    }
    expect(summaries.size).toBe(1);
  });

  it('accounts for every composition and invents no count', async () => {
    const full = await run({});
    const { summary, receipt } = await run({ prune: true });
    expect(summary.screened + (summary.bounded?.compositions ?? 0)).toBe(full.summary.screened);
    expect(summary.unknown).toEqual(['passed', 'histogram', 'elements.passed']);
    expect(summary).not.toHaveProperty('passed');
    expect(summary).not.toHaveProperty('histogram');
    for (const element of summary.elements) expect(Object.keys(element)).toEqual(['symbol', 'screened']);
    expect(receipt.passed).toBeUndefined();
    expect(receipt.message).toContain(`${summary.bounded?.compositions} bounded away: they cannot reach the ranking.`);
    expect(receipt.message).not.toContain('reach probability');
    expect(full.receipt.message).toContain(`${full.summary.passed} reach probability 0.5`);
    const { excluded, unknown } = (await run({ prune: true, criteria: { exclude: ['La'], minLithiumMassPercent: 5 } }))
      .summary;
    expect(Object.keys(excluded ?? {})).toEqual(['unscored']);
    expect(unknown).toContain('excluded.passed');
  });

  it('knows all counts where nothing could be bounded away', async () => {
    const { summary } = await run({ prune: true, space: at('few.json') });
    expect(summary.bounded).toEqual({ systems: 0, compositions: 0 });
    expect(summary.unknown).toBeUndefined();
    expect(summary.passed).toBeGreaterThan(0);
    expect(summary.histogram?.counts.reduce((a, b) => a + b)).toBe(summary.screened);
  });

  it('tells what is bounded away as done, and goes on with chunks that are there', async () => {
    const store = newStore();
    const planned = await plan(store, { prune: true, chunks: 6 });
    expect((await screen(store, planned)).done).toBe(planned.compositions);
    const reference = await finish(store, planned);
    const stopped = newStore();
    await screen(stopped, await plan(stopped, { prune: true, chunks: 6 }), 3);
    const key = chunkKey(planned.runId, 1);
    await stopped.put(key, ((await stopped.get(key)) ?? new Uint8Array()).subarray(0, 99));
    const again = await plan(stopped, { prune: true, chunks: 2 });
    expect(again).toMatchObject({ resumed: true, chunks: 6 });
    expect((await screen(stopped, again)).reused).toBe(2);
    expect((await finish(stopped, again)).csv).toBe(reference.csv);
  });
});

describe('planning with bounds', () => {
  it('finds the same threshold again, also when two do it at once', async () => {
    const [one, other] = [newStore(), newStore()];
    const [first, second] = await Promise.all([
      plan(one, { prune: true, chunks: 3 }),
      plan(one, { prune: true, chunks: 5 }),
    ]);
    expect(second.chunks).toBe(first.chunks);
    const third = await plan(other, { prune: true, chunks: first.chunks });
    expect(third.runId).toBe(first.runId);
    const { pruning, ...rest } = await record(one, first);
    expect({ pruning, ...rest }).toEqual(await record(other, third));
    expect(pruning?.threshold).toBeTypeOf('number');
    // of systems as small as these a bound may cost what scoring them does
    expect(pruning?.work).toBeLessThan(1.1 * first.compositions);
  });

  it('makes another run of it only if it is asked for', async () => {
    const store = newStore();
    const full = await plan(store, {});
    expect((await plan(store, { prune: false })).runId).toBe(full.runId);
    const pruned = await plan(store, { prune: true });
    expect(pruned.runId).not.toBe(full.runId);
    expect((await record(store, full)).pruning).toBeUndefined();
    expect(pruned.costEstimate).toBeLessThanOrEqual(full.costEstimate);
  });

  it('refuses lists, students of another graph, and what is neither true nor false', async () => {
    const store = newStore();
    await expect(plan(store, { prune: true, compositions: at('list.csv') })).rejects.toThrow(
      'the systems of a list cannot be bounded',
    );
    await expect(plan(store, { prune: true, student: at('foreign.onnx') })).rejects.toThrow(
      /foreign.onnx: the student cannot be bounded: .*Screen without bounds/,
    );
    await expect(plan(store, { prune: 'yes' as unknown as boolean })).rejects.toThrow('"yes" is not true or false');
    expect(await store.list('runs/')).toEqual([]);
  });

  it('refuses to rank when the threshold in the plan is above the ranking', async () => {
    const store = newStore();
    const planned = await plan(store, { prune: true });
    const { pruning, ...rest } = await record(store, planned);
    const raised = { ...rest, pruning: { ...pruning, threshold: (pruning?.threshold ?? 0) + 1 } };
    await store.put(planKey(planned.runId, 'run.json'), sealJson(raised));
    await screen(store, planned);
    await expect(finish(store, planned)).rejects.toThrow(/compositions below logit .* were bounded away, but 15 of 15/);
  });
});
