import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanHandler } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import { outputKey } from '../../shared/runs/run-keys.ts';
import { randomStudent } from '../random-student.ts';

const KNOWN = ['Li', 'B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La'];
const student = randomStudent(KNOWN, 5);
const LIMITS = { top: 200, perSystem: 4 };

let root: string;
let studentFile: string;
let directories = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-list-'));
  studentFile = join(root, 'student.onnx');
  await writeFile(studentFile, student);
});
afterAll(() => rm(root, { recursive: true }));

/** Formulas of 2 to 5 elements with fractional amounts; every twentieth has no score. */
function madeUpFormulas(count: number, seed: number): string[] {
  const random = createRandom(seed);
  const bad = ['', 'NaCl', 'Li2Xx', 'Li2O)', 'Li2Fe'];
  return Array.from({ length: count }, () => {
    if (randomInteger(random, 20) === 0) return bad[randomInteger(random, bad.length)];
    const partners = KNOWN.slice(1).filter(() => randomInteger(random, 3) === 0);
    const amount = (): string => String((1 + randomInteger(random, 40)) / (randomInteger(random, 4) === 0 ? 10 : 1));
    return ['Li', ...(partners.length > 0 ? partners : ['O'])].map((symbol) => symbol + amount()).join('');
  });
}

async function csv(formulas: readonly string[], name = 'list.csv', directory = root, first = 0): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `id,formula\n${formulas.map((formula, i) => `${first + i},${formula}\n`).join('')}`);
  return path;
}

interface ListRun {
  readonly store: DirectoryStore;
  readonly plan: PlanReceipt;
  readonly files: Readonly<Record<'ranking.csv' | 'skipped.csv' | 'summary.json', string>>;
}

async function planList(compositions: string, chunks: number, store: DirectoryStore): Promise<PlanReceipt> {
  const plan = createPlanHandler(async () => ({
    store,
    inputs: fileInputs,
    claim: async () => undefined,
    chunkSeconds: 1,
    spendingLimit: null,
  }));
  return plan({ compositions, student: studentFile, ...LIMITS, chunks });
}

async function runList(compositions: string, chunks: number): Promise<ListRun> {
  const store = new DirectoryStore(join(root, `run-${directories++}`));
  const plan = await planList(compositions, chunks, store);
  await screenAll(store, plan);
  await createReduceHandler(async () => ({ store }))({ runId: plan.runId });
  const read = async (file: string) => Buffer.from((await store.get(outputKey(plan.runId, file))) ?? []).toString();
  const files = {
    'ranking.csv': await read('ranking.csv'),
    'skipped.csv': await read('skipped.csv'),
    'summary.json': await read('summary.json'),
  };
  return { store, plan, files };
}

async function screenAll(store: DirectoryStore, { chunkList }: PlanReceipt): Promise<void> {
  const screen = createScreenHandler(async () => ({
    store,
    inputs: fileInputs,
    threads: 1,
    onScreened: () => undefined,
  }));
  for (const item of JSON.parse(Buffer.from((await store.get(chunkList)) ?? []).toString())) await screen(item);
}

const linesOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe('a run over a list of formulas', () => {
  const formulas = madeUpFormulas(20_000, 1);

  it('ranks rows by the logit that each has when it is scored alone', async () => {
    const session = await openStudent(student, 'student');
    const { files } = await runList(await csv(formulas.slice(0, 500)), 1);
    for (const [rank, [number, index, formula, , probability]] of linesOf(files['ranking.csv']).entries()) {
      expect(Number(number)).toBe(rank + 1);
      const composition = parseFormula(formulas[Number(index)]);
      expect(parseFormula(formula).atomicNumbers).toEqual(composition.atomicNumbers);
      expect(Number(probability)).toBeCloseTo(await scoreComposition(session, composition, {}), 6);
    }
    await session.release();
  });

  it('gives the same files for 1, 3 and 1,000 chunks, and for the same rows in several files', async () => {
    const path = await csv(formulas);
    const [whole, few, many] = [await runList(path, 1), await runList(path, 3), await runList(path, 1000)];
    expect([whole, few, many].map(({ plan }) => plan.chunks)).toEqual([1, 3, 5]);
    expect(few.files).toEqual(whole.files);
    expect(many.files).toEqual(whole.files);
    const folder = await mkdtemp(join(root, 'parts-'));
    await csv(formulas.slice(0, 7001), 'a.csv', folder);
    await csv(formulas.slice(7001), 'b.csv', folder, 7001);
    for (const name of ['READY', 'README.txt', 'LICENSE', 'notes.md']) await writeFile(join(folder, name), '');
    const parts = await runList(folder, 4);
    expect(parts.files['ranking.csv']).toBe(whole.files['ranking.csv']);
    expect(parts.files['skipped.csv']).toBe(whole.files['skipped.csv']);
  });

  it('ranks a composition once, however often and in whatever proportion it stands there', async () => {
    const { files } = await runList(await csv(['LiCl', 'Li3PS4', 'Li6P2S8', 'S4PLi3', 'Li1.5P0.5S2', 'LiCl']), 1);
    const ranked = linesOf(files['ranking.csv']).map(([, index, formula]) => `${index} ${formula}`);
    expect(ranked.sort()).toEqual(['0 LiCl', '1 Li3PS4']);
    expect(decodeSummary(Buffer.from(files['summary.json'])).screened).toBe(6);
  });

  it('scores the same wherever a row stands and whatever its neighbours are', async () => {
    const logitOf = async (rows: readonly string[]): Promise<string> => {
      const { files } = await runList(await csv(rows), 1);
      return linesOf(files['ranking.csv']).find(([, , formula]) => formula === 'Li3PS4')?.[5] ?? 'none';
    };
    const alone = await logitOf(['Li3PS4']);
    for (const at of [0, 1, 15, 16, 4095, 4096])
      expect(await logitOf([...Array(at).fill('Li2S'), 'Li3PS4', 'LiCl', 'Li3BO3'])).toBe(alone);
  });
});

describe('rows without a score', () => {
  it('are counted by reason and listed with what is wrong', async () => {
    const { files } = await runList(await csv(['LiCl', '', 'NaCl', 'Li2Xx', 'Li2O)', 'Li2Fe', '"P2,S5"', 'Li3PS4']), 1);
    const summary = decodeSummary(Buffer.from(files['summary.json']));
    expect(summary).toMatchObject({ screened: 2, ranked: 2, list: { name: 'list.csv', rows: 8 } });
    expect(summary.skipped).toEqual({
      total: 6,
      listed: 6,
      reasons: {
        'element unknown to the student': 2,
        'no formula': 1,
        'unknown element': 1,
        'unreadable formula': 2,
      },
    });
    expect(files['skipped.csv'].split('\n').slice(0, 4)).toEqual([
      'index,formula,reason,problem',
      '1,,no formula,the row has no formula',
      '2,NaCl,element unknown to the student,the student has not seen Na in training',
      '3,Li2Xx,unknown element,"formula ""Li2Xx"" names Xx, which is no known element"',
    ]);
  });

  it('may be all of them', async () => {
    const { files } = await runList(await csv(['P2S5', 'PCl3']), 1);
    expect(linesOf(files['ranking.csv'])).toEqual([]);
    expect(decodeSummary(Buffer.from(files['summary.json'])).skipped?.reasons).toEqual({ 'no mobile ion': 2 });
  });
});

describe('a list that is not what it was', () => {
  const rows = ['LiCl', 'Li3PS4'];

  it('is refused while it is screened', async () => {
    const store = new DirectoryStore(join(root, `run-${directories++}`));
    const path = await csv(rows, 'changed.csv');
    const plan = await planList(path, 1, store);
    await csv([...rows, 'LiBr'], 'changed.csv');
    await expect(screenAll(store, plan)).rejects.toThrow('changed.csv: the file has changed since the run was planned');
  });

  it('is the same run when it was moved, and another one when its rows differ', async () => {
    const store = new DirectoryStore(join(root, `run-${directories++}`));
    const path = await csv(rows, 'moved.csv');
    const first = await planList(path, 1, store);
    await rm(path);
    const folder = await mkdtemp(join(root, 'moved-'));
    const moved = await csv(rows, basename(path), folder);
    expect(await planList(moved, 1, store)).toEqual({ ...first, resumed: true });
    await screenAll(store, first);
    await csv([...rows, 'LiBr'], basename(path), folder);
    expect((await planList(moved, 1, store)).runId).not.toBe(first.runId);
  });

  it('gives the own columns of its rows back, however it is cut and whatever file it is', async () => {
    const formulas = madeUpFormulas(9000, 8);
    const texts = formulas.map((formula, i) => [formula, i % 3 === 0 ? '' : `n${i}`, `s${i % 7}`]);
    const lines = ['formula;note;system', ...texts.map((cells) => cells.join(';'))].join('\n');
    const columnData = ['formula', 'note', 'system'].map((name, c) => ({
      name,
      data: texts.map((cells) => cells[c]),
      type: 'STRING' as const,
    }));
    const lists: Record<string, string | Uint8Array> = {
      'list.csv': lines,
      'returns.csv': lines.replaceAll('\n', '\r'),
      'list.parquet': new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 5000 })),
    };
    const rankings = new Set<string>();
    for (const [name, content] of Object.entries(lists)) {
      const path = join(root, name);
      await writeFile(path, content);
      for (const chunks of [1, 3]) rankings.add((await runList(path, chunks)).files['ranking.csv']);
    }
    expect(rankings.size).toBe(1);
    const { columns, rows } = parseCsv([...rankings][0], 'ranking.csv', ['index', 'note', 'list_system']);
    expect(columns.slice(-2)).toEqual(['note', 'list_system']);
    expect(rows.length).toBe(LIMITS.top);
    for (const row of rows) {
      const cells = texts[row.number('index')];
      expect([row.text('note'), row.text('list_system')]).toEqual(cells.slice(1));
    }
  }, 60_000);

  it.each([
    ['no file', [], 'there is no file'],
    ['a file that is no table beside tables', ['a.csv', 'b.cif'], 'b.cif is no CSV, Excel workbook or Parquet file'],
  ])('is refused where there is %s', async (_, names, message) => {
    const folder = await mkdtemp(join(root, 'refused-'));
    for (const name of names) await csv(rows, name, folder);
    await expect(planList(folder, 1, new DirectoryStore(join(root, 'refused')))).rejects.toThrow(message);
  });
});
