import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompareHandler } from '../../functions/compare.ts';
import type { CompareReceipt } from '../../shared/comparison/compare-run.ts';
import { historyKey } from '../../shared/comparison/run-history.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import type { RunSummary } from '../../shared/report/summary.ts';
import { encodeSummary } from '../../shared/report/summary.ts';
import { outputKey, planKey } from '../../shared/runs/run-keys.ts';
import { loadFinished, storeOutputs } from '../../shared/runs/run-outputs.ts';
import type { RunOptions } from '../../shared/screen/run-options.ts';
import { randomStudent } from '../random-student.ts';

const OPTIONS: RunOptions = { top: 3, perSystem: 3, rankBy: 'student' };
const STUDENTS = [1, 2].map((seed) => randomStudent(['Li', 'P', 'S'], seed));
const NOTHING = new Uint8Array();

let root: string;
let stores = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-compare-'));
});
afterAll(() => rm(root, { recursive: true }));

const newStore = (): DirectoryStore => new DirectoryStore(join(root, `store-${stores++}`));

interface Finished {
  readonly formulas: readonly string[]; // the ranking, best first
  readonly student?: Uint8Array;
  readonly options?: Partial<RunOptions>;
  readonly space?: string;
}

/** Store what a finished run leaves. */
async function finish(store: DirectoryStore, runId: string, run: Finished): Promise<RunSummary> {
  const { formulas, student = STUDENTS[0], options, space = 'tiny' } = run;
  const summary: RunSummary = {
    runId,
    space: { name: space, systems: 2, classes: 1, compositions: 9 },
    student: { name: 'student.onnx', hash: sha256(student), threshold: 0.5 },
    committee: { absent: 'none was wanted' },
    labels: { absent: 'none were wanted' },
    options: { ...OPTIONS, ...options },
    screened: 9,
    passed: 1,
    ranked: formulas.length,
    elements: [],
    columns: {},
    top: [],
  };
  const lines = formulas.map((formula, i) => `${i + 1},${formula},${1 - i / 10}\n`);
  await store.put(planKey(runId, 'student.onnx'), student);
  await storeOutputs(store, runId, {
    'ranking.csv': Buffer.from(`rank,formula,probability\n${lines.join('')}`),
    'ranking.parquet': NOTHING,
    'report.html': NOTHING,
    'summary.json': encodeSummary(summary),
  });
  return summary;
}

function compare(store: DirectoryStore, runId: string, message?: string): Promise<CompareReceipt> {
  return createCompareHandler(async () => ({ store, addressOf: (key) => `https://console/${key}` }))({
    runId,
    message,
  });
}

async function text(store: DirectoryStore, runId: string, file: string): Promise<string | undefined> {
  return (await store.get(outputKey(runId, file)))?.toString();
}

const BEFORE: Finished = { formulas: ['Li3PS4', 'Li2S', 'Li3P'] };
const AFTER: Finished = { formulas: ['Li2S', 'Li7PS6', 'Li3PS4'], student: STUDENTS[1] };

/** A store with two runs that were compared. */
async function twoRuns(): Promise<{ store: DirectoryStore; receipts: CompareReceipt[] }> {
  const store = newStore();
  await finish(store, 'a1000000000000000000', BEFORE);
  await finish(store, 'b2000000000000000000', AFTER);
  return {
    store,
    receipts: [await compare(store, 'a1000000000000000000'), await compare(store, 'b2000000000000000000', 'Ranked.')],
  };
}

describe('a finished run', () => {
  it('that is the first of its kind has nothing to be compared with', async () => {
    const { store, receipts } = await twoRuns();
    expect(receipts[0]).toEqual({
      runId: 'a1000000000000000000',
      outcome: 'first',
      message: 'There is no earlier run of this kind to compare with.',
    });
    expect(await text(store, 'a1000000000000000000', 'comparison.html')).toBeUndefined();
  });

  it('is compared with the one before it: what entered, left and moved, why, and where to see it', async () => {
    const { store, receipts } = await twoRuns();
    const [was, is] = STUDENTS.map((student) => sha256(student).slice(0, 12));
    const page = outputKey('b2000000000000000000', 'comparison.html');
    expect(receipts[1]).toEqual({
      runId: 'b2000000000000000000',
      outcome: 'compared',
      before: 'a1000000000000000000',
      page,
      message: [
        'Ranked.\n',
        'Compared with the last run, tiny a1000000: 1 entered, 1 left, 2 moved, 0 stayed where they were.',
        `Why: student ${was} → ${is}`,
        'Entered: Li7PS6 (2)',
        'Left: Li3P (3)',
        'Moved: Li3PS4 (1 → 3), Li2S (2 → 1)',
        `${store.location}/${page}`,
        `https://console/${page}`,
      ].join('\n'),
    });
    expect(await text(store, 'b2000000000000000000', 'comparison.html')).toContain(
      '1 entered, 1 left, 2 moved, and 0 stayed',
    );
    expect(JSON.parse((await text(store, 'b2000000000000000000', 'comparison.json'))!)).toMatchObject({
      before: 'a1000000000000000000',
      after: 'b2000000000000000000',
      stayed: 0,
      left: [{ rank: 3, formula: 'Li3P' }],
      changes: [{ what: 'student', before: was, after: is }],
    });
  });

  it('has the same outputs and the same receipt of them whatever it is compared with', async () => {
    const { store } = await twoRuns();
    const alone = newStore();
    await finish(alone, 'b2000000000000000000', AFTER);
    expect(await text(store, 'b2000000000000000000', 'receipt.json')).toBe(
      await text(alone, 'b2000000000000000000', 'receipt.json'),
    );
    expect(await loadFinished(store, 'b2000000000000000000')).toEqual(
      await loadFinished(alone, 'b2000000000000000000'),
    );
  });

  it('keeps its place: tried again after later runs, it is compared with the same one, to the byte', async () => {
    const { store, receipts } = await twoRuns();
    const page = await text(store, 'b2000000000000000000', 'comparison.html');
    await finish(store, 'c3000000000000000000', { formulas: ['Li3P'] });
    expect(await compare(store, 'c3000000000000000000')).toMatchObject({ before: 'b2000000000000000000' });
    expect(await compare(store, 'b2000000000000000000', 'Ranked.')).toEqual(receipts[1]);
    expect(await text(store, 'b2000000000000000000', 'comparison.html')).toBe(page);
    expect(await compare(store, 'a1000000000000000000')).toEqual(receipts[0]);
  });

  it('follows others that finish at the same time, each of which is followed once', async () => {
    const store = newStore();
    const ids = ['a1000000000000000000', 'b2000000000000000000', 'c3000000000000000000', 'd4000000000000000000'];
    for (const runId of ids) await finish(store, runId, BEFORE);
    const receipts = await Promise.all(ids.map((runId) => compare(store, runId)));
    expect(receipts.filter(({ outcome }) => outcome === 'first')).toHaveLength(1);
    const followed = receipts.flatMap(({ before }) => before ?? []);
    expect([followed.length, new Set(followed).size]).toEqual([3, 3]);
  });

  it('is not compared with one of another source, or of which something else was asked', async () => {
    const { store } = await twoRuns();
    await finish(store, 'c3000000000000000000', { ...BEFORE, space: 'other' });
    await finish(store, 'd4000000000000000000', { ...BEFORE, options: { top: 2 } });
    await finish(store, 'e5000000000000000000', { ...BEFORE, options: { criteria: { exclude: ['Co'] } } });
    for (const runId of ['c3000000000000000000', 'd4000000000000000000', 'e5000000000000000000'])
      expect(await compare(store, runId)).toMatchObject({ outcome: 'first' });
  });

  it('is compared with one that took more work for the same, and that is said', async () => {
    const { store } = await twoRuns();
    await finish(store, 'c3000000000000000000', { ...AFTER, options: { prune: true } });
    const { before, message } = await compare(store, 'c3000000000000000000');
    expect(before).toBe('b2000000000000000000');
    expect(message).toContain('Why: option prune none → true');
  });
});

describe('an earlier run that cannot be read is no failure, but told', () => {
  it('if it is gone', async () => {
    const { store } = await twoRuns();
    await rm(join(store.location, 'runs', 'b2000000000000000000'), { recursive: true });
    await finish(store, 'c3000000000000000000', BEFORE);
    const { outcome, page, message } = await compare(store, 'c3000000000000000000', 'Ranked.');
    expect([outcome, page]).toEqual(['failed', undefined]);
    expect(message).toMatch(
      /^Ranked\.\n\nThere is no comparison with the last run: .*b2000000000000000000\/summary\.json: .* missing/,
    );
    await finish(store, 'd4000000000000000000', AFTER);
    expect(await compare(store, 'd4000000000000000000')).toMatchObject({
      outcome: 'compared',
      before: 'c3000000000000000000',
    });
  });

  it('if its ranking is damaged', async () => {
    const { store } = await twoRuns();
    await store.put(
      outputKey('b2000000000000000000', 'ranking.csv'),
      Buffer.from('rank,formula,probability\n1,LiF,1\n'),
    );
    await finish(store, 'c3000000000000000000', BEFORE);
    const { outcome, message } = await compare(store, 'c3000000000000000000');
    expect(outcome).toBe('failed');
    expect(message).toMatch(/b2000000000000000000\/ranking\.csv: its SHA-256 is \w+, and receipt\.json says \w+/);
  });

  it('if it is of a version that summarized otherwise', async () => {
    const { store } = await twoRuns();
    const summary = Buffer.from(JSON.stringify({ runId: 'b2000000000000000000' }));
    const files = { 'ranking.csv': NOTHING, 'ranking.parquet': NOTHING, 'report.html': NOTHING };
    await storeOutputs(store, 'b2000000000000000000', { ...files, 'summary.json': summary });
    await finish(store, 'c3000000000000000000', BEFORE);
    expect(await compare(store, 'c3000000000000000000')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('summary.json:student: student is missing: it should be an object'),
    });
  });

  it.each([
    ['no JSON', Buffer.from('{'), ' it is not JSON'],
    ['without its hash', Buffer.from('{"format":2,"runs":[]}'), ' it has no field sha256'],
    ['of another format', sealJson({ format: 7 }), 'format: 7 is not the format 2'],
    ['without ids', sealJson({ format: 2, kind: {}, runs: ['../x'] }), 'runs[0]: "../x" is not the id of a run'],
  ])('if the history is %s', async (_, bytes, problem) => {
    const { store } = await twoRuns();
    const key = historyKey(await finish(store, 'c3000000000000000000', BEFORE));
    await store.put(key, bytes);
    const { outcome, message } = await compare(store, 'c3000000000000000000');
    expect(outcome).toBe('failed');
    expect(message).toContain(`${key}:${problem}`);
    expect(Buffer.from((await store.get(key))!)).toEqual(Buffer.from(bytes));
  });

  it('if another run stands in the history than was written there', async () => {
    const { store } = await twoRuns();
    const key = historyKey(await finish(store, 'c3000000000000000000', BEFORE));
    const history = Buffer.from((await store.get(key))!).toString();
    await store.put(key, Buffer.from(history.replace('"b2000000000000000000"', '"b3000000000000000000"')));
    expect(await compare(store, 'c3000000000000000000')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(`${key}: its own hash is not that of its content`),
    });
  });
});

it('outputs of the run itself that are damaged are a failure', async () => {
  const { store } = await twoRuns();
  await store.put(outputKey('b2000000000000000000', 'ranking.csv'), NOTHING);
  await expect(compare(store, 'b2000000000000000000')).rejects.toThrow(
    'b2000000000000000000/ranking.csv: its SHA-256 is',
  );
});

it('a run that was finished without a report is finished anew', async () => {
  const { store } = await twoRuns();
  const receipt = JSON.parse((await text(store, 'b2000000000000000000', 'receipt.json'))!);
  delete receipt['report.html'];
  await store.put(outputKey('b2000000000000000000', 'receipt.json'), Buffer.from(JSON.stringify(receipt)));
  expect(await loadFinished(store, 'b2000000000000000000')).toBeUndefined();
  expect(await loadFinished(store, 'a1000000000000000000')).toBeDefined();
});
