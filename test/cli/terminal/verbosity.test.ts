import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/hash.ts';
import { runCli, runCliWith } from '../../run-cli.ts';

const POSCAR = 'LiCl\n1.0\n3.30 0 0\n0 3.30 0\n0 0 3.30\nLi Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n';
const SPACE = {
  name: 's',
  mobileIon: 'Li',
  elements: ['O', 'S'],
  anions: ['O', 'S'],
  arity: [2, 3],
  maxCoefficient: 4,
};
const MEASURED = Array.from({ length: 8 }, (_, i) => `s${i},${i % 2 === 0 ? 1e-3 : 1e-9}\n`);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ionsieve-verbosity-'));
  await writeFile(join(directory, 'LiCl.vasp'), POSCAR);
  await writeFile(join(directory, 'space.json'), JSON.stringify(SPACE));
  await writeFile(join(directory, 'measured.csv'), `id,conductivity_S_per_cm\n${MEASURED.join('')}`);
  await writeFile(join(directory, 'ranking.csv'), 'rank,formula,probability\n1,Li2S,0.9\n');
  const cells = Array.from({ length: 8 }, (_, i) => {
    const a = 3 + 0.1 * i + (i % 2 === 0 ? 1 : 0);
    const attributes = {
      lattice_vectors: [0, 1, 2].map((axis) => [0, 1, 2].map((other) => (axis === other ? a : 0))),
      cartesian_site_positions: [
        [0, 0, 0],
        [a / 2, a / 2, a / 2],
      ],
      species_at_sites: ['Li', 'Br'],
    };
    return `${JSON.stringify({ id: `s${i}`, attributes })}\n`;
  });
  await writeFile(join(directory, 'cells.jsonl'), cells.join(''));
});
afterAll(() => rm(directory, { recursive: true }));

const teacherInputs = ['--structures', 'cells.jsonl', '--conductivities', 'measured.csv'];

describe('--json prints one document and nothing else, with --quiet nothing on stderr either,', () => {
  it.each([
    [
      ['space', 'count', '--space', 'space.json'],
      ['name', 'systems', 'classes', 'compositions', 'byArity'],
    ],
    [
      ['label', 'LiCl.vasp', '--out', 'labels.csv'],
      ['files', 'teacher', 'labelled', 'threshold', 'passed', 'skipped'],
    ],
    [
      ['compare', 'ranking.csv', 'ranking.csv'],
      ['entered', 'left', 'moved', 'stayed'],
    ],
    [
      ['teacher', 'fit', ...teacherInputs, '--out', 'mine.json'],
      ['file', 'features', 'compounds', 'conductors', 'leaveOneOut', 'without'],
    ],
    [
      ['teacher', 'choose', ...teacherInputs, '--max-features', '1', '--permutations', '1', '--candidates', 'llb,lasd'],
      ['best', 'subsets', 'nestedAuc', 'permutationsAsGood'],
    ],
    [
      ['cloud', 'estimate', '--space', 'space.json'],
      ['compositions', 'cost', 'withinLimit'],
    ],
  ])('%j', async (args, keys) => {
    const { code, stdout, stderr } = await runCli(directory, ...args, '--json', '--quiet');
    expect([code, stderr]).toEqual([0, '']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(expect.arrayContaining(keys));
  });
});

it('--verbose says what is read, with its SHA-256, and how long it took', async () => {
  const { stdout, stderr } = await runCli(directory, '--verbose', 'label', 'LiCl.vasp', '--out', 'verbose.csv');
  const hash = sha256(await readFile(join(directory, 'LiCl.vasp')));
  expect(stderr).toContain(`reading LiCl.vasp: 71 bytes, SHA-256 ${hash}\n`);
  expect(stderr).toMatch(/done after \d+\.\d s\n/);
  expect(stdout).toContain('1 structures labelled');
});

it('--quiet leaves results and errors', async () => {
  const good = await runCli(directory, 'label', 'LiCl.vasp', '--out', 'quiet.csv', '-q');
  expect([good.code, good.stderr]).toEqual([0, '']);
  expect(good.stdout).toContain('quiet.csv and quiet.skipped.csv written');
  const bad = await runCli(directory, 'label', 'none.vasp', '--out', 'quiet.csv', '-q');
  expect([bad.code, bad.stdout]).toEqual([2, '']);
  expect(bad.stderr).toContain('none.vasp: cannot be accessed');
  expect((await runCli(directory, 'space', 'count', '-q', '-v')).stderr).toContain('cannot be used with');
});

it('colours are only where a terminal or FORCE_COLOR asks for them, and not where NO_COLOR forbids them', async () => {
  const coloured = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
    const { FORCE_COLOR, NO_COLOR, ...rest } = process.env;
    const { stderr } = await runCliWith({ ...rest, ...env }, directory, 'screen', '--space', 'nope');
    return stderr.includes('\u001b[');
  };
  expect(await coloured({})).toBe(false);
  expect(await coloured({ FORCE_COLOR: '1' })).toBe(true);
  expect(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});
