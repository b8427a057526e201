import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { openEncoder, type SystemEncoder } from '../../shared/models/student-head.ts';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { GraphBuilder } from '../../shared/onnx/graph.ts';
import { LogitBound } from '../../shared/pruning/logit-bound.ts';
import { neutralFractions } from '../../shared/pruning/neutral-fractions.ts';
import { planPruning } from '../../shared/pruning/plan-pruning.ts';
import { doTask, inThisThread, type TaskRunner } from '../../shared/pruning/planning-tasks.ts';
import { seedThreshold } from '../../shared/pruning/seed-threshold.ts';
import { SystemPruner } from '../../shared/pruning/system-pruner.ts';
import { createRandom } from '../../shared/random.ts';
import { cutIntoChunks } from '../../shared/screen/blocks.ts';
import { decodeChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import type { RankingLimits } from '../../shared/screen/ranking-limits.ts';
import { Screener } from '../../shared/screen/space-screener.ts';
import { TopK } from '../../shared/screen/top-k.ts';
import { amountsMatrix, buildSpace, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { randomStudent, studentMetadata } from '../random-student.ts';

const ELEMENTS = ['O', 'S', 'Cl', 'Ge', 'La', 'Fe', 'P', 'Na'];
const RUN_ID = '0'.repeat(20);
const CELLS = 300; // enough to try every system, however few stoichiometries it has

function space(arity: readonly [number, number], maxCoefficient: number): Space {
  const definition = {
    name: 'test',
    mobileIon: 'Li',
    elements: ELEMENTS,
    anions: ['O', 'S', 'Cl'],
    arity,
    maxCoefficient,
    openShells: true,
  };
  return buildSpace(parseSpace(JSON.stringify(definition), 'test.json'));
}

interface Opened {
  readonly student: StudentSession;
  readonly encoder: SystemEncoder;
}

async function open(seed: number): Promise<Opened> {
  const bytes = randomStudent(['Li', ...ELEMENTS], seed);
  return { student: await openStudent(bytes, 'student.onnx'), encoder: await openEncoder(bytes, 'student.onnx') };
}

/** Best of a space that is screened in so many chunks, and what was bounded away. */
async function screen(target: Space, screener: Screener, top: number, chunks = 1) {
  const best = new TopK(top);
  let bounded = 0;
  for (const range of cutIntoChunks(target.classes, chunks)) {
    const result = await screener.screen(range, RUN_ID, () => undefined);
    expect(result.screened + (result.bounded?.compositions ?? 0)).toBe(range.end - range.start);
    best.add(result.best);
    bounded += result.bounded?.compositions ?? 0;
  }
  return { best: best.ranked(), bounded };
}

describe('the bound on a system', () => {
  const wide = space([3, 5], 6);
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(7);
  });

  it('is never below the highest logit of its stoichiometries, and proves what is clearly below', async () => {
    const { student, encoder } = opened;
    const { first } = encoder.head;
    let proved = 0;
    const classes = wide.classes.filter((_, c) => c % 9 === 0);
    for (const cls of classes) {
      const amounts = new Float32Array(amountsMatrix(cls, 6));
      const elements = wide.systems.subarray(cls.systemsOffset, cls.systemsOffset + cls.arity);
      const rows = BigInt64Array.from(elements, (z) => BigInt(student.rowOf(z)));
      const highest = (await student.logits(rows, amounts, 1, cls.stoichiometries)).reduce((a, b) => Math.max(a, b));
      const vectors = await encoder.vectors(rows, 1);
      const polytopes = neutralFractions(cls.splits, 6);
      const isBelow = (logit: number, cells: number) =>
        new LogitBound(encoder.head, cls.arity, 6).isBelow(logit, vectors, 0, first, polytopes, cells);
      for (const cells of [1, 5, 2000]) expect(isBelow(highest, cells)).toBe(false);
      if (isBelow(highest + 0.3, 2000)) proved++;
    }
    expect(proved).toBeGreaterThan(classes.length / 2);
  });

  it('allows for more than vectors differ by that come from calls with one system and with many', async () => {
    const { student, encoder } = opened;
    const cls = wide.classes.reduce((a, b) => (b.arity > a.arity || b.systems > a.systems ? b : a));
    const { arity, systems, systemsOffset } = cls;
    const { first } = encoder.head;
    const elements = wide.systems.subarray(systemsOffset, systemsOffset + systems * arity);
    const rows = BigInt64Array.from(elements, (z) => BigInt(student.rowOf(z)));
    const together = Float32Array.from(await encoder.vectors(rows, systems));
    const greatest = together.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let s = 0; s < systems; s++) {
      const alone = await encoder.vectors(rows.subarray(s * arity, (s + 1) * arity), 1);
      alone.forEach((value, i) => {
        const other = together[(Math.floor(i / first) * systems + s) * first + (i % first)];
        expect(Math.abs(value - other)).toBeLessThanOrEqual(2 ** -20 * greatest);
      });
    }
  });

  it('holds its fractions', () => {
    const random = createRandom(3);
    for (const { splits, arity } of wide.classes.filter((_, c) => c % 40 === 0)) {
      const amounts = amountsMatrix({ splits }, 6);
      const polytopes = neutralFractions(splits, 6);
      const row = Math.floor((random() * amounts.length) / arity) * arity;
      const total = amounts.subarray(row, row + arity).reduce((a, b) => a + b);
      const fractions = Array.from(amounts.subarray(row, row + arity), (amount) => amount / total);
      // no direction separates them from every polytope
      for (let trial = 0; trial < 20; trial++) {
        const direction = fractions.map(() => random() - 0.5);
        const along = (point: ArrayLike<number>, from = 0) =>
          direction.reduce((sum, d, e) => sum + d * point[from + e], 0);
        const furthest = polytopes.map(({ vertices, planes }) =>
          planes.reduce(
            (most, _, v) => (v % 2 === 0 ? Math.max(most, along(vertices, (v / 2) * arity)) : most),
            -Infinity,
          ),
        );
        expect(Math.max(...furthest)).toBeGreaterThan(along(fractions) - 1e-9);
      }
    }
  });
});

describe('a screening with bounds', () => {
  it.each([
    [1, [3, 4], 8, 20],
    [2, [3, 4], 8, 30],
    [3, [4, 5], 4, 50],
    [4, [3, 5], 6, 100],
  ] as const)(
    'ranks what a full one ranks: student %i, arity %j, amounts up to %i, top %i',
    async (seed, arity, most, top) => {
      const target = space(arity, most);
      const { student, encoder } = await open(seed);
      const limits: RankingLimits = { top, perSystem: 2 };
      const full = await screen(target, new Screener(target, student, limits), top);
      const threshold = await seedThreshold(target, limits, inThisThread({ student, encoder }));
      expect(threshold).toBeLessThanOrEqual(full.best.logits[top - 1]);
      const pruned = () =>
        new Screener(target, student, limits, new SystemPruner(target, student, encoder, threshold, CELLS));
      const inOne = await screen(target, pruned(), top);
      const inMany = await screen(target, pruned(), top, 13);
      expect(inOne.best).toEqual(full.best);
      expect(inMany.best).toEqual(full.best);
      expect(inMany.bounded).toBe(inOne.bounded);
      expect(full.bounded).toBe(0);
      expect(inOne.bounded).toBeGreaterThan(0);
    },
  );

  it('is planned the same whoever does the tasks, and in whatever order', async () => {
    const target = space([3, 5], 5);
    const opened = await open(6);
    const limits: RankingLimits = { top: 50, perSystem: 2, criteria: { exclude: ['Fe'] } };
    const elsewhere: TaskRunner = async (tasks, onResult) => {
      for (const task of [...tasks].reverse()) onResult(await doTask(structuredClone(task), opened));
    };
    const { threshold, work } = await planPruning(target, opened, limits);
    expect(await planPruning(target, opened, limits, elsewhere)).toMatchObject({ threshold, work });
    expect(threshold).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  });

  it('ranks what a full one ranks with criteria, and with the exact threshold', async () => {
    const target = space([3, 5], 5);
    const { student, encoder } = await open(5);
    const limits: RankingLimits = { top: 40, perSystem: 3, criteria: { exclude: ['Fe'], minLithiumMassPercent: 5 } };
    const best = new TopK(40);
    best.add((await new Screener(target, student, limits).screen(whole(target), RUN_ID, () => undefined)).best);
    const { indices, logits } = best.ranked();
    const pruner = new SystemPruner(target, student, encoder, logits[39], CELLS);
    const result = await new Screener(target, student, limits, pruner).screen(whole(target), RUN_ID, () => undefined);
    expect(result.best).toEqual({ indices, logits });
    expect(result.bounded?.systems).toBeGreaterThan(0);
    expect(decodeChunkResult(encodeChunkResult(result), 'a').bounded).toEqual(result.bounded);
  });

  it('refuses a student of another graph', async () => {
    const graph = new GraphBuilder();
    graph.input('elements', 'int64', ['S', 'k']);
    graph.input('amounts', 'float', ['V', 'k']);
    graph.output('logit', graph.constant([1, 1], [0]), ['S', 'V']);
    const bytes = graph.encode('student', studentMetadata(['Li', 'O']));
    const error = await openEncoder(bytes, 'mine.onnx').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(
      'mine.onnx: the student cannot be bounded: c0 comes from no node, expected Transpose',
    );
  });
});

function whole(target: Space) {
  return { chunk: 0, start: 0, end: target.compositions };
}
