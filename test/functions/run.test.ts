import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanHandler } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { formatFormula, formatSystem } from '../../shared/chemistry/formula.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import { RANKING_COLUMNS } from '../../shared/ranking/ranking.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import type { ScreenReceipt } from '../../shared/runs/chunk-screening.ts';
import { chunkKey, outputKey, planKey } from '../../shared/runs/run-keys.ts';
import { loadPlan } from '../../shared/runs/run-store.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import { buildSpace, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { randomStudent } from '../random-student.ts';

const SPACE = new URL('../../data/spaces/small.json', import.meta.url).pathname;
const SYMBOLS_KNOWN = ['Li', 'B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La'];
const TOP = 100;
const PER_SYSTEM = 2;
/** Of a student beside which there is neither committee nor labels. */
const FURTHER_COLUMNS = [
  'raw_material_usd_per_kg',
  'lithium_mass_percent',
  'anion',
  'charges',
  'rarest_state_share',
  'drivers',
];
const student = randomStudent(SYMBOLS_KNOWN, 5);

let root: string;
let space: Space;
let logits: Float32Array; // of every composition of the space, one call of the student each

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-run-'));
  space = buildSpace(parseSpace(await readFile(SPACE, 'utf8'), SPACE));
  const session = await openStudent(student, 'student', 1);
  logits = new Float32Array(space.compositions);
  for (let index = 0; index < logits.length; index++) {
    const { atomicNumbers, amounts } = compositionAt(space, index);
    const rows = BigInt64Array.from(atomicNumbers, (z) => BigInt(session.rowOf(z)));
    logits[index] = (await session.logits(rows, Float32Array.from(amounts), 1, 1))[0];
  }
  await session.release();
});
afterAll(() => rm(root, { recursive: true }));

interface Run {
  readonly store: DirectoryStore;
  readonly plan: PlanReceipt;
  screen(chunk: number): Promise<ScreenReceipt>;
  reduce(): Promise<unknown>;
}

let directories = 0;

async function startRun(chunks: number, directory = `run-${directories++}`, model = student): Promise<Run> {
  const store = new DirectoryStore(join(root, directory));
  const read = async (name: string): Promise<Uint8Array> => (name === 'student.onnx' ? model : readFile(name));
  const plan = createPlanHandler(async () => ({
    store,
    inputs: { ...fileInputs, read },
    claim: async () => undefined,
    chunkSeconds: 1,
    spendingLimit: null,
  }));
  const receipt = await plan({ space: SPACE, student: 'student.onnx', top: TOP, perSystem: PER_SYSTEM, chunks });
  const { runId } = receipt;
  const ranges = (await loadPlan(store, runId))?.plan.chunks ?? [];
  const screen = createScreenHandler(async () => ({
    store,
    inputs: fileInputs,
    threads: 1,
    onScreened: () => undefined,
  }));
  const reduce = createReduceHandler(async () => ({ store }));
  return {
    store,
    plan: receipt,
    screen: (chunk) => screen({ runId, ...ranges[chunk] }),
    reduce: () => reduce({ runId }),
  };
}

async function finish(run: Run): Promise<void> {
  for (let chunk = 0; chunk < run.plan.chunks; chunk++) await run.screen(chunk);
  await run.reduce();
}

async function output(run: Run, file: string): Promise<string> {
  return Buffer.from((await run.store.get(outputKey(run.plan.runId, file))) ?? []).toString('latin1');
}

/** Ranking by a full sort and a scan that counts per system. */
function naiveRanking(): number[] {
  const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  const perSystem = new Map<string, number>();
  return order
    .filter((index) => {
      const system = formatSystem(compositionAt(space, index).atomicNumbers);
      perSystem.set(system, (perSystem.get(system) ?? 0) + 1);
      return (perSystem.get(system) as number) <= PER_SYSTEM;
    })
    .slice(0, TOP);
}

describe('a run over the small space', () => {
  it('ranks as a sort of all compositions scored one by one', async () => {
    const run = await startRun(4);
    await finish(run);
    const [header, ...lines] = (await output(run, 'ranking.csv')).trimEnd().split('\n');
    expect(header).toBe([...RANKING_COLUMNS, ...FURTHER_COLUMNS].join(','));
    const naive = naiveRanking();
    expect(lines).toHaveLength(TOP);
    lines.forEach((line, i) => {
      const [rank, index, formula, system, probability, logit] = line.split(',');
      const composition = compositionAt(space, Number(index));
      expect(Number(rank)).toBe(i + 1);
      expect(formula).toBe(formatFormula(composition));
      expect(system).toBe(formatSystem(composition.atomicNumbers));
      // a product of one row may round differently from one of thousands
      expect(Number(logit)).toBeCloseTo(logits[Number(index)], 4);
      expect(Number(logit)).toBeCloseTo(logits[naive[i]], 4);
      expect(Number(probability)).toBeCloseTo(1 / (1 + Math.exp(-Number(logit))), 7);
    });
  });

  it('counts per element what brute force counts', async () => {
    const run = await startRun(3);
    await finish(run);
    const summary = decodeSummary(Buffer.from(await output(run, 'summary.json'), 'latin1'));
    const screened = new Map<string, number>();
    const passed = new Map<string, number>();
    let nearThreshold = 0;
    for (let index = 0; index < space.compositions; index++) {
      if (Math.abs(logits[index]) < 1e-4) nearThreshold++;
      for (const z of compositionAt(space, index).atomicNumbers) {
        screened.set(SYMBOLS[z], (screened.get(SYMBOLS[z]) ?? 0) + 1);
        if (logits[index] >= 0) passed.set(SYMBOLS[z], (passed.get(SYMBOLS[z]) ?? 0) + 1);
      }
    }
    expect(summary.screened).toBe(space.compositions);
    expect(summary.histogram?.counts.reduce((sum, count) => sum + count)).toBe(space.compositions);
    expect(summary.elements).toHaveLength(screened.size);
    for (const element of summary.elements) {
      expect(element.screened).toBe(screened.get(element.symbol));
      expect(Math.abs((element.passed ?? Number.NaN) - (passed.get(element.symbol) ?? 0))).toBeLessThanOrEqual(
        nearThreshold,
      );
    }
    expect(summary.passed).toBeGreaterThan(0);
  });

  it('gives the same files for 1, 10 and 1,000 chunks', async () => {
    const files = new Set<string>();
    for (const chunks of [1, 10, 1000]) {
      const run = await startRun(chunks);
      await finish(run);
      files.add(
        (await output(run, 'ranking.csv')) +
          (await output(run, 'ranking.parquet')) +
          (await output(run, 'summary.json')) +
          (await output(run, 'report.html')),
      );
    }
    expect(files.size).toBe(1);
  });

  it('writes the same columns and values as Parquet', async () => {
    const run = await startRun(2);
    await finish(run);
    const bytes = new Uint8Array(Buffer.from(await output(run, 'ranking.parquet'), 'latin1'));
    const rows = await parquetReadObjects({ file: bytes.buffer });
    const lines = (await output(run, 'ranking.csv')).trimEnd().split('\n').slice(1);
    expect(Object.keys(rows[0])).toEqual([...RANKING_COLUMNS, ...FURTHER_COLUMNS]);
    rows.forEach((row, i) => {
      const [rank, index, formula, system, probability, logit] = lines[i].split(',');
      expect(row).toMatchObject({
        rank: Number(rank),
        index: BigInt(index),
        formula,
        system,
        probability: Number(probability),
        logit: Math.fround(Number(logit)),
      });
    });
  });
});

describe('a retried handler', () => {
  it('keeps the plan, whatever number of chunks is asked for then', async () => {
    const first = await startRun(3, 'retried');
    const second = await startRun(5, 'retried');
    expect(second.plan).toEqual({ ...first.plan, resumed: true });
  });

  it('keeps a good chunk result and replaces a damaged one', async () => {
    const run = await startRun(2);
    const key = chunkKey(run.plan.runId, 1);
    expect(await run.screen(1)).toMatchObject({ key, reused: false, replaced: undefined });
    expect(await run.screen(1)).toMatchObject({ reused: true });
    const bytes = (await run.store.get(key)) as Uint8Array;
    await run.store.put(key, bytes.subarray(0, 999));
    const receipt = await run.screen(1);
    expect(receipt.reused).toBe(false);
    expect(receipt.replaced).toContain('has 999');
    expect(await run.store.get(key)).toEqual(bytes);
  });

  it('replaces the result of another chunk', async () => {
    const run = await startRun(2);
    await run.screen(0);
    await run.store.put(chunkKey(run.plan.runId, 1), (await run.store.get(chunkKey(run.plan.runId, 0))) as Uint8Array);
    expect((await run.screen(1)).replaced).toBe('it is a double of chunk 0');
  });
});

describe('a run is refused', () => {
  it('at reducing when a chunk is missing or a stray file lies among them', async () => {
    const run = await startRun(3);
    await run.screen(0);
    await run.screen(2);
    await expect(run.reduce()).rejects.toThrow('chunk 1 is missing');
    await run.screen(1);
    await run.store.put(`runs/${run.plan.runId}/chunks/copy.bin`, Buffer.from('x'));
    await expect(run.reduce()).rejects.toThrow('copy.bin is damaged');
  });

  it('at planning when the student does not know an element', async () => {
    const model = randomStudent(SYMBOLS_KNOWN.filter((symbol) => symbol !== 'Ge' && symbol !== 'La'));
    await expect(startRun(1, undefined, model)).rejects.toThrow('elements: the student does not know Ge, La');
  });

  it('when its plan is damaged, or describes another run', async () => {
    const run = await startRun(2, 'damaged');
    const { runId } = run.plan;
    const systems = (await run.store.get(planKey(runId, 'systems.bin'))) as Uint8Array;
    await run.store.put(planKey(runId, 'systems.bin'), systems.with(0, systems[0] ^ 1));
    await expect(run.screen(0)).rejects.toThrow(
      /^run \w+, chunk 0 \[0, \d+\): .*systems\.bin: the SHA-256 of bytes 0 to/,
    );
    const key = planKey(runId, 'run.json');
    const record = Buffer.from((await run.store.get(key)) ?? []).toString();
    const changed = record.replace('"top": 100', '"top": 99');
    await run.store.put(key, Buffer.from(changed));
    await expect(startRun(2, 'damaged')).rejects.toThrow('run.json: its own hash is not that of its content');
    await run.store.put(key, sealJson(JSON.parse(changed)));
    await expect(startRun(2, 'damaged')).rejects.toThrow('belongs to another run');
  });

  it('when results are there without the plan that they belong to', async () => {
    const run = await startRun(2, 'lost');
    await run.screen(0);
    await rm(join(run.store.location, planKey(run.plan.runId, 'run.json')));
    await expect(startRun(3, 'lost')).rejects.toThrow(/1 chunk results .*000000\.bin on are there, but .* missing/);
  });

  it('when an event lacks a field', async () => {
    const screen = createScreenHandler(async () => Promise.reject(new Error('not reached')));
    await expect(screen({ runId: 'x', chunk: -1 })).rejects.toThrow(
      'event of screen-chunk:chunk: -1 is not an integer >= 0',
    );
  });
});
