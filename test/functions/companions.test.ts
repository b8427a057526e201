import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanHandler, type PlanEvent } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { formatFormula, formatSystem, parseFormula } from '../../shared/chemistry/formula.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import type { ObjectStore } from '../../shared/io/store/store.ts';
import { encodeCard } from '../../shared/models/card-file.ts';
import { openCommittee } from '../../shared/models/committee-session.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import { committeeColumns, rescore } from '../../shared/ranking/rescore.ts';
import type { RunSummary } from '../../shared/report/summary.ts';
import { decodeSummary } from '../../shared/report/summary.ts';
import { outputKey, planKey } from '../../shared/runs/run-keys.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { randomCommittee } from '../random-committee.ts';
import { randomStudent } from '../random-student.ts';
import { COMMITTEE, KNOWN, LABELS, LABELS_HASH, SPACE } from '../small-run.ts';

const MEASURED = 'formula,conductivity (mS/cm)\nLi3PS4,0.1\nLi4GeS4,<1e-5\n';

let root: string; // student.onnx with committee.onnx and labels.csv.gz beside it, and others
let at: (file: string) => string;
let runs = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-companions-'));
  at = (file) => join(root, file);
  await writeFile(at('space.json'), JSON.stringify(SPACE));
  await writeFile(at('student.onnx'), randomStudent(KNOWN, 3, undefined, LABELS_HASH));
  await writeFile(at('committee.onnx'), COMMITTEE);
  await writeFile(at('labels.csv.gz'), gzipSync(LABELS));
  await writeFile(at('labels.csv'), LABELS);
  await writeFile(at('measured.csv'), MEASURED);
  await writeFile(at('foreign.onnx'), randomCommittee(KNOWN, 2));
  await writeFile(at('foreign.csv'), `${LABELS}d,LiBr,Br,1,1,1,1,1,0\n`);
});
afterAll(() => rm(root, { recursive: true }));

interface Finished {
  readonly plan: PlanReceipt;
  readonly store: DirectoryStore;
  readonly csv: string;
  readonly lines: readonly Readonly<Record<string, string>>[];
  readonly summary: RunSummary;
}

function plan(store: DirectoryStore, event: PlanEvent): Promise<PlanReceipt> {
  const handler = createPlanHandler(async () => ({
    store,
    inputs: fileInputs,
    claim: async () => undefined,
    chunkSeconds: 1,
    spendingLimit: null,
  }));
  return handler({ space: at('space.json'), student: at('student.onnx'), top: 40, perSystem: 2, ...event });
}

async function run(event: PlanEvent): Promise<Finished> {
  const store = new DirectoryStore(at(`run-${runs++}`));
  const receipt = await plan(store, event);
  const screen = createScreenHandler(async () => ({
    store,
    inputs: fileInputs,
    threads: 1,
    onScreened: () => undefined,
  }));
  for (const item of JSON.parse(Buffer.from((await store.get(receipt.chunkList)) ?? []).toString())) await screen(item);
  await createReduceHandler(async () => ({ store: onlyRuns(store) }))({ runId: receipt.runId });
  const read = async (file: string) => (await store.get(outputKey(receipt.runId, file))) ?? new Uint8Array();
  const csv = Buffer.from(await read('ranking.csv')).toString();
  const [header, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const lines = rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
  return { plan: receipt, store, csv, lines, summary: decodeSummary(await read('summary.json')) };
}

/** What reducing may reach in the cloud. */
function onlyRuns(store: DirectoryStore): ObjectStore {
  const check = (key: string): string => {
    if (!key.startsWith('runs/')) throw new Error(`${key} is out of reach`);
    return key;
  };
  return {
    location: store.location,
    get: (key) => store.get(check(key)),
    getRange: (key, start, end) => store.getRange(check(key), start, end),
    put: (key, bytes) => store.put(check(key), bytes),
    list: (prefix) => store.list(check(prefix)),
  };
}

describe('a run whose student has a committee and labels beside it', () => {
  it('keeps both with its plan and says in the ranking what they tell', async () => {
    const { plan: receipt, store, lines, summary } = await run({});
    expect(sha256((await store.get(planKey(receipt.runId, 'committee.onnx')))!)).toBe(sha256(COMMITTEE));
    expect(summary.committee).toEqual({ hash: sha256(COMMITTEE), rescored: 40 });
    expect(summary.labels).toEqual({ hash: LABELS_HASH });
    expect(Object.keys(lines[0]).slice(0, 14)).toEqual([
      ...['rank', 'index', 'formula', 'system', 'probability', 'logit'],
      ...['probability_mean', 'probability_std', 'probability_lower'],
      ...['raw_material_usd_per_kg', 'lithium_mass_percent', 'anion', 'charges', 'rarest_state_share'],
    ]);
    expect(Object.keys(summary.columns)).toEqual(Object.keys(lines[0]).slice(6));
    expect(summary.top[0].probability_mean).toBe(Number(lines[0].probability_mean));
    const logits = lines.map(({ logit }) => Number(logit));
    expect(logits).toEqual([...logits].sort((a, b) => b - a)); // the student's order
    expect(lines.every(({ nearest_1: nearest }) => LABELS.includes(`,${nearest},`))).toBe(true);
  });

  it('shows the curves of its card in the report, is the same run without them, and none with the card of another model', async () => {
    const model = randomStudent(KNOWN, 3, undefined, LABELS_HASH);
    const curves = { precisionRecall: [{ recall: 1, precision: 0.5 }], reliability: [] };
    const runWith = async (folds: readonly unknown[], modelHash = sha256(model)) => {
      await writeFile(at('student.card.json'), encodeCard({ modelHash, folds }));
      const { plan: planned, store } = await run({});
      const { runId } = planned;
      const report = Buffer.from((await store.get(outputKey(runId, 'report.html')))!).toString();
      return { runId, report, kept: await store.get(planKey(runId, 'curves.json')) };
    };
    const [own, none] = [await runWith([{ curves }]), await runWith([])];
    await expect(runWith([{ curves }], '0'.repeat(64))).rejects.toThrow('student.card.json: it tells of a model');
    await rm(at('student.card.json'));
    expect(own.report).toContain('Precision and recall');
    expect(none.report).not.toContain('Precision and recall');
    expect([own.kept, none.kept]).toEqual([Buffer.from(`${JSON.stringify([curves])}\n`), undefined]);
    expect(none.runId).toBe(own.runId);
  });

  it('ranks as a sort of all finalists by what the column says, at most so many of a system', async () => {
    const space = buildSpace(parseSpace(JSON.stringify(SPACE), 'space.json'));
    const compositions = Array.from({ length: space.compositions }, (_, index) => compositionAt(space, index));
    const session = await openCommittee(COMMITTEE, 'committee.onnx');
    const columns = committeeColumns(await rescore(session, compositions));
    await session.release();
    const finalists = space.compositions;
    for (const [i, rankBy] of [
      [0, 'mean'],
      [2, 'lower'],
    ] as const) {
      const scores = columns[i].values as readonly number[];
      const ofSystem = new Map<string, number>();
      const expected = [...compositions.keys()]
        .sort((a, b) => scores[b] - scores[a] || a - b)
        .filter((index) => {
          const system = formatSystem(compositions[index].atomicNumbers);
          ofSystem.set(system, (ofSystem.get(system) ?? 0) + 1);
          return (ofSystem.get(system) as number) <= 400;
        });
      // no system has a hundred times 400 compositions, so all of them are finalists
      const { lines, summary } = await run({ rankBy, finalists, perSystem: 400, top: 500 });
      expect(summary.committee).toMatchObject({ rescored: finalists });
      expect(lines.map(({ index }) => Number(index))).toEqual(expected.slice(0, 500));
      expect(lines.map(({ formula }) => formula)).toEqual(
        expected.slice(0, 500).map((index) => formatFormula(compositions[index])),
      );
    }
  });

  it.each(['mean', 'lower'] as const)('ranked by %s is the same bytes for any number of chunks', async (rankBy) => {
    const all = await Promise.all([1, 7, 1000].map((chunks) => run({ rankBy, finalists: 300, chunks })));
    expect(all.map(({ plan: { chunks } }) => chunks)[2]).toBeGreaterThan(7);
    expect(new Set(all.map(({ plan: { runId } }) => runId)).size).toBe(1);
    expect(new Set(all.map(({ csv }) => csv)).size).toBe(1);
    expect(new Set(all.map(({ summary }) => JSON.stringify(summary))).size).toBe(1);
    expect(all[0].summary.committee).toMatchObject({ rescored: 300 });
    expect(all[0].lines).toHaveLength(40); // 2 of each system
  });

  it('leaves out what criteria exclude, and says how much', async () => {
    const criteria = { exclude: ['toxic'], require: ['S'], minLithiumMassPercent: 10 };
    const { lines, summary } = await run({ criteria, rankBy: 'lower', finalists: 100 });
    expect(summary.options).toEqual({ top: 40, perSystem: 2, criteria, rankBy: 'lower', finalists: 100 });
    for (const { formula, lithium_mass_percent: lithium } of lines) {
      const { atomicNumbers } = parseFormula(formula);
      expect(atomicNumbers.includes(81)).toBe(false);
      expect(atomicNumbers.includes(16)).toBe(true);
      expect(Number(lithium)).toBeGreaterThanOrEqual(10);
    }
    expect(Object.keys(summary.excluded?.unscored ?? {})).toEqual(['exclude toxic', 'require S']);
  });

  it('tells what was measured', async () => {
    const { lines, summary } = await run({ measured: at('measured.csv'), top: 10_000, perSystem: 10_000 });
    expect(summary.measured).toEqual({ hash: sha256(MEASURED) });
    const of = (formula: string) => lines.find((line) => line.formula === formula) ?? {};
    expect(of('Li3PS4')).toMatchObject({ known_formula: 'true', known_probability: '0.75', measured_bound: '' });
    expect(Number(of('Li3PS4').measured_log10_S_per_cm)).toBe(-4);
    expect(of('Li4GeS4')).toMatchObject({ known_formula: 'false', measured_log10_S_per_cm: '-8', measured_bound: '<' });
  });

  it('is another run with another committee, criterion, order or measurement, and the same with equal ones', async () => {
    const store = new DirectoryStore(at('ids'));
    const idOf = async (event: PlanEvent): Promise<string> => (await plan(store, event)).runId;
    const criteria = { exclude: ['toxic', 'O'] };
    const ids = [
      ...[await idOf({}), await idOf({ committee: 'none' }), await idOf({ criteria })],
      ...[
        await idOf({ rankBy: 'mean' }),
        await idOf({ rankBy: 'lower' }),
        await idOf({ rankBy: 'mean', finalists: 70 }),
      ],
      await idOf({ measured: at('measured.csv') }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(await idOf({ criteria: { exclude: ['O', 'toxic', 'O'], require: [] } })).toBe(ids[2]);
    expect(await idOf({ committee: at('committee.onnx'), labels: at('labels.csv') })).toBe(ids[0]);
    expect(await idOf({ rankBy: 'mean', finalists: 200_000 })).toBe(ids[3]);
  });
});

describe('a companion that is not at hand', () => {
  it('is said to be absent, and so are its columns', async () => {
    await writeFile(at('alone.onnx'), randomStudent(KNOWN, 3, undefined, '2'.repeat(64)));
    const { lines, summary } = await run({ student: at('alone.onnx') });
    expect(summary.committee).toMatchObject({
      absent: expect.stringContaining("beside the student is another student's"),
    });
    expect(summary.labels).toMatchObject({
      absent: expect.stringContaining('and the student learned from 222222222222'),
    });
    expect(Object.keys(lines[0]).slice(6)).toEqual([
      ...['raw_material_usd_per_kg', 'lithium_mass_percent', 'anion', 'charges', 'rarest_state_share', 'drivers'],
    ]);
  });

  it('may be left out on purpose', async () => {
    const { summary, lines } = await run({ committee: 'none' });
    expect(summary.committee).toEqual({ absent: 'no committee was wanted' });
    expect(lines[0]).not.toHaveProperty('probability_mean');
    expect(lines[0]).toHaveProperty('known_formula');
  });
});

describe('planning refuses', () => {
  const refused = async (event: PlanEvent, message: string | RegExp): Promise<void> => {
    const store = new DirectoryStore(at('refused'));
    await expect(plan(store, event)).rejects.toThrow(message);
    expect(await store.list('')).toEqual([]);
  };

  it("a committee or labels that are named and another student's", async () => {
    await refused({ committee: at('foreign.onnx') }, /foreign\.onnx: the committee is of labels 111111111111, and/);
    await refused({ labels: at('foreign.csv') }, /foreign\.csv: the labels have the SHA-256 \w+, and the student/);
    await refused({ committee: at('none.onnx') }, 'none.onnx');
    await refused({ committee: at('student.onnx') }, 'the model is refused');
  });

  it('to rank by a committee that is absent, and finalists that nothing ranks, or too few', async () => {
    await refused({ committee: 'none', rankBy: 'lower' }, "go by the committee's lower, and no committee was wanted");
    await refused({ finalists: 10 }, '10 finalists are asked for, and the ranking goes by the student');
    await refused(
      { rankBy: 'mean', top: 40, finalists: 39 },
      '39 finalists are asked for, and 40 of them are to be ranked',
    );
  });

  it('before anything is screened, a ranking and finalists that would not fit into memory', async () => {
    await refused({ top: 1_000_001 }, 'event of plan:top: 1000001 are more than 1000000, which fit into memory');
    await refused({ rankBy: 'mean', finalists: 4_000_001 }, 'event of plan:finalists: 4000001 are more than 4000000');
  });

  it('criteria and measurements that cannot be read', async () => {
    await refused({ criteria: { exclude: ['Xx'] } }, 'event of plan:exclude[0]: "Xx" is not an element or a group');
    await refused({ criteria: { exclude: ['Li'] } }, 'excludes Li, which is the mobile ion');
    await refused({ measured: at('labels.csv') }, 'no column with a unit of conductivity');
    await refused({ rankBy: 'best' as 'mean' }, 'event of plan:rankBy: "best" is not one of student, mean, lower');
  });
});
