import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScreenOptions, ScreenProgress, screen as screenFunction } from '../../../local/api/index.ts';
import { InputError, labelFiles, labelText, openScorer, openSpace, type SpaceFile } from '../../../local/api/index.ts';
import { runCli } from '../../run-cli.ts';

// Threads are started from compiled files.
const BUILT = '../../../dist/local/api/index.js';

const SULFIDES: SpaceFile = {
  name: 'sulfides',
  mobileIon: 'Li',
  elements: ['P', 'S'],
  anions: ['S'],
  arity: [2, 3],
  maxCoefficient: 4,
};
const ROCK_SALT = (element: string): string =>
  `salt\n4.026\n1 0 0\n0 1 0\n0 0 1\n${element} F\n4 4\nDirect\n0 0 0\n0 .5 .5\n.5 0 .5\n.5 .5 0\n.5 .5 .5\n.5 0 0\n0 .5 0\n0 0 .5\n`;

/** Paths of the files below a folder, none if it is not there. */
const filesBelow = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-library-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a space', () => {
  const space = openSpace(SULFIDES);

  it('is counted, numbered and found both ways', () => {
    expect([...space.systemNames()]).toEqual(['Li-S', 'Li-P-S']);
    expect(space.systems).toBe(2);
    const formulas = Array.from({ length: space.compositions }, (_, index) => space.formulaAt(index));
    expect(formulas).toContain('Li3PS4');
    expect(formulas.map((formula) => space.find(formula))).toEqual(formulas.map((_, index) => ({ index })));
    const listed = [...space.systemNames()].flatMap((system) => space.listSystem(system));
    expect(listed).toEqual(formulas.map((formula, index) => ({ index, formula })));
  });

  it('says which rule excludes a formula, and refuses what is outside', () => {
    expect(space.find('Li2FeS2')).toEqual({ excludedBy: 'Fe is not among the elements of the space' });
    expect(() => space.formulaAt(space.compositions)).toThrow(InputError);
    expect(() => space.listSystem('Li-Xx')).toThrow('system: "Xx" is no known element');
    expect(() => openSpace({ ...SULFIDES, anions: ['Xx'] })).toThrow('space:anions: "Xx" is no known element');
    expect(() => openSpace('smal')).toThrow('Did you mean small?');
  });
});

describe('a scorer', () => {
  it('gives a formula the score that the command line gives it, whatever else is asked', async () => {
    const scorer = await openScorer();
    const [alone] = await scorer.score(['Li3PS4']);
    const [, again] = await scorer.score(['Li6.4La3Zr1.4Ta0.6O12', 'Li3PS4']);
    await scorer.close();
    expect(again).toEqual(alone);
    expect(alone.probability).toBe(1 / (1 + Math.exp(-alone.logit)));
    expect(alone.committee?.lower).toBeCloseTo(Math.max(0, alone.committee!.mean - alone.committee!.std), 6);
    const [printed] = JSON.parse((await runCli(directory, 'score', 'Li3PS4', '--json')).stdout);
    expect(printed.probability).toBe(alone.probability);
    expect(printed.probability_mean).toBeCloseTo(alone.committee!.mean, 6);
  });

  it('refuses formulas and models by name, as options and not as those of the command line', async () => {
    const scorer = await openScorer({ committee: 'none' });
    expect(await scorer.score([])).toEqual([]);
    await expect(scorer.score(['Na2O'])).rejects.toThrow('Na2O: the composition has no Li');
    await scorer.close();
    await expect(openScorer({ student: 'label' })).rejects.toThrow(
      /^student: "label" is neither .* Did you mean labels\?/,
    );
  });
});

describe('labels', () => {
  it('are those of rock salt LiF from text', async () => {
    const { labels, skipped } = await labelText(ROCK_SALT('Li'), { format: 'poscar', id: 'salt' });
    expect(skipped).toEqual([]);
    expect(labels).toMatchObject([{ id: 'salt', formula: 'LiF', anion: 'F' }]);
    expect(labels[0].features.lasd).toBeCloseTo(4.026 / 2, 12);
    expect(labels[0].features.llsd).toBeCloseTo(4.026 / Math.SQRT2, 12);
  });

  it('are missing with the reason: no lithium, or a text that is cut off', async () => {
    const sodium = await labelText(ROCK_SALT('Na'), { format: 'poscar' });
    expect(sodium).toMatchObject({ labels: [], skipped: [{ id: 'structure', reason: 'no Li' }] });
    const cut = await labelText(ROCK_SALT('Li').slice(0, 60), { format: 'poscar', id: 'x' });
    expect(cut).toMatchObject({ labels: [], skipped: [{ id: 'x', reason: 'not a usable structure' }] });
  });

  it('come from files too, by their names', async () => {
    writeFileSync(join(directory, 'POSCAR_salt'), ROCK_SALT('Li'));
    const { labels } = await labelFiles([join(directory, 'POSCAR_salt')]);
    expect(labels.map(({ formula }) => formula)).toEqual(['LiF']);
    await expect(labelFiles([join(directory, 'none.cif')])).rejects.toThrow(InputError);
  });
});

describe('a screening', () => {
  let screen: typeof screenFunction;
  let Refused: typeof InputError;
  const options = (more: Partial<ScreenOptions> = {}): ScreenOptions => ({
    space: 'small',
    out: join(directory, 'out'),
    top: 5,
    committee: 'none',
    workers: 2,
    ...more,
  });

  beforeAll(async () => {
    const built: typeof import('../../../local/api/index.ts') = await import(BUILT);
    ({ screen, InputError: Refused } = built);
  });

  it('is the run of the command line: the same id, the same bytes', async () => {
    const seen: ScreenProgress[] = [];
    const { runId, directory: folder, summary, ranking } = await screen(options({ onProgress: (at) => seen.push(at) }));
    expect(seen.at(-1)).toEqual({ stage: 'screening', done: summary.screened, total: summary.screened });
    expect((await ranking()).map(({ rank, formula }) => [rank, formula])).toEqual(
      summary.top.map(({ rank, formula }) => [rank, formula]),
    );
    const args = ['--space', 'small', '--top', '5', '--committee', 'none', '--out', 'other', '--json'];
    const printed = await runCli(directory, 'screen', ...args);
    expect(JSON.parse(printed.stdout).runId).toBe(runId);
    const bytes = (path: string): Buffer => readFileSync(join(path, 'ranking.csv'));
    expect(bytes(folder).equals(bytes(join(directory, 'other/runs', runId)))).toBe(true);
  });

  it('of a space that is no file is that of the same space in a file', async () => {
    writeFileSync(join(directory, 'sulfides.json'), JSON.stringify(SULFIDES));
    const [inMemory, inFile] = [
      await screen(options({ space: SULFIDES })),
      await screen(options({ space: join(directory, 'sulfides.json') })),
    ];
    expect(inMemory.runId).toBe(inFile.runId);
  });

  it('stops by its signal with the reason of it, keeps its chunks, and goes on', async () => {
    const controller = new AbortController();
    const stopped = options({
      out: join(directory, 'stopped'),
      chunks: 60,
      workers: 1,
      top: 6,
      signal: controller.signal,
    });
    const chunks = (): number => filesBelow(stopped.out).filter((path) => /chunks.*\.bin$/.test(path)).length;
    const timer = setInterval(() => chunks() >= 2 && controller.abort(new Error('enough')), 2);
    await expect(screen(stopped)).rejects.toThrow('enough');
    clearInterval(timer);
    expect(chunks()).toBeLessThan(60);
    await expect(screen(stopped)).rejects.toThrow('enough');
    const { summary } = await screen({ ...stopped, signal: new AbortController().signal });
    expect(summary.ranked).toBe(6);
  });

  it('is one at a time, within a process too', async () => {
    const both = options({ out: join(directory, 'both'), chunks: 20 });
    const results = await Promise.allSettled([screen(both), screen(both)]);
    const [refused] = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(refused.reason).toBeInstanceOf(Refused);
    expect(refused.reason.message).toContain('is at work on this run');
  });

  it.each<[string, Partial<ScreenOptions>]>([
    ['top: 0 is not an integer >= 1', { top: 0 }],
    ['workers: 0 is no number of threads', { workers: 0 }],
    ['a space and compositions are given', { compositions: 'list.csv' }],
    ['exclude[0]: "Xx" is not an element', { exclude: ['Xx'] }],
    ['Did you mean small?', { space: 'smal' }],
    ['the name of the output directory is empty', { out: '' }],
  ])('is refused: %s', async (problem, more) => {
    const failure = await screen(options(more)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Refused);
    expect((failure as Error).message).toContain(problem);
  });
});
