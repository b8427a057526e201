import { describe, expect, it } from 'vitest';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { formatSystem, parseFormula } from '../../shared/chemistry/formula.ts';
import { type Criteria, parseCriteria } from '../../shared/criteria/criteria.ts';
import { CriteriaFilter } from '../../shared/criteria/criteria-filter.ts';
import { NONE_EXCLUDED } from '../../shared/criteria/exclusions.ts';
import { InputError } from '../../shared/errors.ts';
import type { Inputs } from '../../shared/io/store/inputs.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { criteriaColumns } from '../../shared/ranking/evidence/criteria-columns.ts';
import { mergeChunks } from '../../shared/ranking/merge.ts';
import { cutIntoChunks } from '../../shared/screen/blocks.ts';
import { type ChunkResult, decodeChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { ListScreener } from '../../shared/sources/list-screener.ts';
import { spaceSource } from '../../shared/sources/space-source.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { RUN_ID } from '../chunk-results.ts';
import { randomStudent } from '../random-student.ts';

const parse = (value: unknown): Criteria | undefined => parseCriteria(value, 'criteria', 'Li');

describe('parsing criteria', () => {
  it('sorts and joins lists, so that equal criteria are equal JSON', () => {
    const one = parse({ minLithiumMassPercent: 5, exclude: ['toxic', 'Co', 'B', 'Co'], require: ['S', 'P'] });
    const other = parse({ require: ['P', 'S', 'P'], exclude: ['B', 'Co', 'toxic'], minLithiumMassPercent: 5 });
    expect(JSON.stringify(one)).toBe('{"exclude":["B","Co","toxic"],"require":["P","S"],"minLithiumMassPercent":5}');
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    expect(parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
  });

  it('gives nothing where nothing is asked', () => {
    expect(parse({ exclude: null, maxUsdPerKg: undefined })).toBeUndefined();
    expect(parse({})).toBeUndefined();
    expect(parse({ exclude: [], require: [] })).toBeUndefined();
  });

  it.each([
    [{ excluded: ['S'] }, 'excluded: "excluded" is not one of exclude, require, maxUsdPerKg, minLithium'],
    [['S'], '["S"] is not an object'],
    [null, 'null is not an object'],
    [{ exclude: 'S' }, 'exclude: "S" is not a list of element symbols and of'],
    [{ exclude: ['poison'] }, 'exclude[0]: "poison" is not an element or a group'],
    [{ exclude: [8] }, 'exclude[0]: 8 is not an element or a group'],
    [{ require: ['toxic'] }, 'require[0]: "toxic" is not an element. Give a list of element symbols, such'],
    [{ constructor: 1 }, 'constructor'],
    [{ maxUsdPerKg: 0 }, 'maxUsdPerKg: 0 is not a number above 0'],
    [{ maxUsdPerKg: '5' }, 'maxUsdPerKg: "5" is not a number above 0'],
    [{ minLithiumMassPercent: 101 }, 'minLithiumMassPercent: 101 is not a number above 0, at most 100'],
    [{ exclude: ['toxic'], require: ['Pb'] }, 'exclude: "toxic" excludes Pb, which is required'],
    [{ exclude: ['Li'] }, 'exclude: "Li" excludes Li, which is the mobile ion'],
  ])('refuses %j', (value, problem) => {
    expect(() => parse(value)).toThrow(InputError);
    expect(() => parse(value)).toThrow(problem);
  });

  it('refuses a least share of lithium where another ion moves', () => {
    expect(() => parseCriteria({ minLithiumMassPercent: 5 }, 'criteria', 'Na')).toThrow(
      'minLithiumMassPercent: lithium is asked for, and the mobile ion is Na',
    );
  });
});

describe('criteria', () => {
  const exclusion = (criteria: Criteria, formula: string): string | undefined => {
    const { atomicNumbers, amounts } = parseFormula(formula);
    const filter = new CriteriaFilter(criteria);
    return filter.systemExclusion(atomicNumbers) ?? filter.compositionExclusion(atomicNumbers, amounts);
  };

  it('exclude elements and groups of elements', () => {
    const criteria = { exclude: ['Co', 'toxic', 'radioactive', 'costly', 'multivalent-transition-metals'] };
    expect(exclusion(criteria, 'LiCoO2')).toBe('exclude Co');
    expect(exclusion(criteria, 'Li2CdCl4')).toBe('exclude toxic');
    expect(exclusion(criteria, 'Li7La3Zr2O12')).toBeUndefined();
    expect(exclusion(criteria, 'LiThF5')).toBe('exclude radioactive');
    expect(exclusion(criteria, 'Li10GeP2S12')).toBe('exclude costly');
    expect(exclusion(criteria, 'LiFePO4')).toBe('exclude multivalent-transition-metals');
  });

  it('count the first reason only', () => {
    expect(exclusion({ exclude: ['Tl', 'toxic', 'costly'] }, 'LiTlCl2')).toBe('exclude Tl');
    expect(exclusion({ exclude: ['toxic', 'costly'], require: ['S'] }, 'LiTlCl2')).toBe('exclude toxic');
  });

  it('require all of several elements', () => {
    expect(exclusion({ require: ['P', 'S'] }, 'Li3PS4')).toBeUndefined();
    expect(exclusion({ require: ['P', 'S'] }, 'Li3PO4')).toBe('require S');
  });

  it('bound the cost of the raw materials, inclusive; without a price there is no cost', () => {
    const { atomicNumbers, amounts } = parseFormula('Li');
    expect(new CriteriaFilter({ maxUsdPerKg: 81.4 }).compositionExclusion(atomicNumbers, amounts)).toBeUndefined();
    expect(exclusion({ maxUsdPerKg: 81.3 }, 'Li')).toBe('maxUsdPerKg');
    expect(exclusion({ maxUsdPerKg: 1e9 }, 'LiTcO4')).toBe('no price');
    expect(exclusion({ minLithiumMassPercent: 5 }, 'LiTcO4')).toBe('minLithiumMassPercent');
  });

  it('bound the lithium content from below', () => {
    expect(exclusion({ minLithiumMassPercent: 16 }, 'LiCl')).toBeUndefined();
    expect(exclusion({ minLithiumMassPercent: 17 }, 'LiCl')).toBe('minLithiumMassPercent');
  });
});

const ELEMENTS = ['B', 'O', 'P', 'S', 'Cl', 'Fe', 'Ge', 'Cd', 'La'];
const SPACE = buildSpace(
  parseSpace(
    JSON.stringify({
      name: 'test',
      mobileIon: 'Li',
      elements: ELEMENTS,
      anions: ['O', 'S', 'Cl'],
      arity: [3, 4],
      maxCoefficient: 6,
      openShells: true,
    }),
    'space.json',
  ),
);
const CRITERIA: Criteria = { exclude: ['B', 'toxic'], require: ['S'], maxUsdPerKg: 60, minLithiumMassPercent: 4 };
const student = openStudent(randomStudent(['Li', ...ELEMENTS], 3), 'student.onnx');

const NO_INPUTS: Inputs = {
  read: () => Promise.reject(new Error('a space reads no input')),
  find: () => Promise.reject(new Error('a space reads no input')),
  list: () => Promise.reject(new Error('a space reads no input')),
  open: () => Promise.reject(new Error('a space reads no input')),
};

/** Screen the test space in chunks and merge. */
async function run(chunkCount: number, limits: { top: number; perSystem: number; criteria?: Criteria }) {
  const source = spaceSource(SPACE);
  const chunks = cutIntoChunks(SPACE.classes, chunkCount);
  const screener = source.screener(await student, limits, NO_INPUTS);
  const stored: { name: string; chunk: number; bytes: Uint8Array }[] = [];
  for (const range of chunks) {
    let told = 0;
    const result = await screener.screen(range, RUN_ID, (count) => {
      told += count;
    });
    expect(told).toBe(range.end - range.start);
    stored.push({ name: `${range.chunk}`, chunk: range.chunk, bytes: encodeChunkResult(result) });
  }
  const expected = { runId: RUN_ID, studentHash: (await student).hash, compositions: source.size, chunks };
  return mergeChunks({ ...expected, merger: () => source.merger(limits) }, stored);
}

describe('screening a space under criteria', () => {
  it('ranks what is left of the ranking without them, and accounts for every composition', async () => {
    const all = await run(1, { top: SPACE.compositions, perSystem: SPACE.compositions });
    const some = await run(1, { top: SPACE.compositions, perSystem: SPACE.compositions, criteria: CRITERIA });
    const filter = new CriteriaFilter(CRITERIA);
    const unscored: Record<string, number> = {};
    const passed: Record<string, number> = {};
    const count = (counts: Record<string, number>, reason: string) => {
      counts[reason] = (counts[reason] ?? 0) + 1;
    };
    const kept: number[] = [];
    all.best.indices.forEach((index, i) => {
      const { atomicNumbers, amounts } = compositionAt(SPACE, index);
      const system = filter.systemExclusion(atomicNumbers);
      const amount = filter.compositionExclusion(atomicNumbers, amounts);
      if (system !== undefined) count(unscored, system);
      else if (amount === undefined) kept.push(index);
      else if (all.best.logits[i] >= 0) count(passed, amount);
    });
    expect([...some.best.indices].sort((a, b) => a - b)).toEqual(kept.sort((a, b) => a - b));
    expect(some.excluded).toEqual({ unscored, passed });
    expect(Object.keys(unscored).sort()).toEqual(['exclude B', 'exclude toxic', 'require S']);
    expect(Object.keys(passed).sort()).toEqual(['maxUsdPerKg', 'minLithiumMassPercent']);
    expect(some.screened + Object.values(unscored).reduce((sum, n) => sum + n)).toBe(SPACE.compositions);
  });

  it('fills the ranking from below where criteria empty it', async () => {
    const limits = { top: 20, perSystem: 2 };
    const { best } = await run(1, { ...limits, criteria: CRITERIA });
    const ranked = Array.from(best.indices, (index) => compositionAt(SPACE, index));
    expect(ranked).toHaveLength(20);
    for (const { atomicNumbers } of ranked) {
      expect(atomicNumbers).toContain(atomicNumber('S'));
      expect(atomicNumbers).not.toContain(atomicNumber('B'));
      expect(atomicNumbers).not.toContain(atomicNumber('Cd'));
    }
    const columns = criteriaColumns(ranked);
    for (const cost of columns[0].values) expect(cost).toBeLessThanOrEqual(60);
    for (const percent of columns[1].values) expect(percent).toBeGreaterThanOrEqual(4);
    const ofSystem = new Map<string, number>();
    for (const { atomicNumbers } of ranked) {
      const system = formatSystem(atomicNumbers);
      ofSystem.set(system, (ofSystem.get(system) ?? 0) + 1);
    }
    expect(Math.max(...ofSystem.values())).toBeLessThanOrEqual(2);
  });

  it.each([2, 7])('gives the same from %i chunks as from one', async (chunks) => {
    const limits = { top: 15, perSystem: 3, criteria: CRITERIA };
    expect(await run(chunks, limits)).toEqual(await run(1, limits));
  });

  it('excludes nothing without criteria', async () => {
    const { excluded, screened } = await run(2, { top: 5, perSystem: 3 });
    expect(excluded).toEqual(NONE_EXCLUDED);
    expect(screened).toBe(SPACE.compositions);
  });
});

describe('screening a list under criteria', () => {
  const CELLS = ['Li3PS4', 'Li10GeP2S12', 'Li2CdS2', 'LiCl', 'not a formula', 'Li7P3S11', 'LiLa3S5', 'Li6P2S8'];

  async function screenList(criteria?: Criteria): Promise<ChunkResult> {
    async function* read() {
      yield CELLS;
    }
    const screener = new ListScreener(read, await student, { top: 10, perSystem: 3, ...(criteria && { criteria }) });
    return screener.screen({ chunk: 0, start: 0, end: CELLS.length }, RUN_ID, () => undefined);
  }

  it('ranks the rows that are left, and accounts for every row', async () => {
    const plain = await screenList();
    const { best, screened, skipped, excluded } = await screenList(CRITERIA);
    const left = plain.best.formulas?.filter((formula) => ['Li3PS4', 'Li7P3S11'].includes(formula));
    expect(best.formulas).toEqual(left);
    expect(excluded.unscored).toEqual({ 'exclude toxic': 1, 'require S': 1 });
    expect(skipped.counts).toEqual({ 'unreadable formula': 1 });
    expect(screened).toBe(CELLS.length - 3);
  });

  it('counts rows that pass and are excluded by their amounts', async () => {
    const plain = await screenList();
    const { excluded } = await screenList({ maxUsdPerKg: 60 });
    const germanium = plain.best.formulas?.indexOf('Li10GeP2S12') ?? -1;
    expect(germanium).toBeGreaterThanOrEqual(0);
    const passes = plain.best.logits[germanium] >= 0;
    expect(excluded.passed).toEqual(passes ? { maxUsdPerKg: 1 } : {});
  });
});

describe('a chunk result', () => {
  it('keeps what criteria excluded', async () => {
    const source = spaceSource(SPACE);
    const [range] = cutIntoChunks(SPACE.classes, 3);
    const result = await source
      .screener(await student, { top: 5, perSystem: 1, criteria: CRITERIA }, NO_INPUTS)
      .screen(range, RUN_ID, () => undefined);
    const { excluded } = decodeChunkResult(encodeChunkResult(result), 'chunk');
    expect(excluded).toEqual(result.excluded);
    expect(Object.keys(excluded.unscored).length).toBeGreaterThan(0);
  });

  it('that leaves a composition unaccounted for is refused by the merge', async () => {
    const source = spaceSource(SPACE);
    const limits = { top: 5, perSystem: 1, criteria: CRITERIA };
    const chunks = cutIntoChunks(SPACE.classes, 1);
    const result = await source.screener(await student, limits, NO_INPUTS).screen(chunks[0], RUN_ID, () => undefined);
    const excluded = { ...result.excluded, unscored: { ...result.excluded.unscored, 'exclude B': 1 } };
    const stored = [{ name: '0', chunk: 0, bytes: encodeChunkResult({ ...result, excluded }) }];
    const expected = { runId: RUN_ID, studentHash: result.studentHash, compositions: source.size, chunks };
    await expect(mergeChunks({ ...expected, merger: () => source.merger(limits) }, stored)).rejects.toThrow(
      /screened \d+ of \d+ compositions and excluded \d+/,
    );
  });
});
