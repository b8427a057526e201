import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { storeOutputs } from '../../../shared/runs/run-outputs.ts';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

const BEFORE = 'rank,formula,probability\n1,Li3PS4,0.9\n2,Li2S,0.8\n3,Li3N,0.7\n';
const AFTER = 'rank,formula,probability\n1,Li2S,0.95\n2,Li3PS4,0.85\n3,Li6PS5Cl,0.8\n';
const SYMBOLS = ['Li', 'B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La'];
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-compare-'));
  await writeFile(join(scratch, 'before.csv'), BEFORE);
  await writeFile(join(scratch, 'after.csv'), AFTER);
});
afterAll(() => rm(scratch, { recursive: true }));

it('says what entered, left and moved between two rankings', async () => {
  const { code, stdout } = await runCli(scratch, 'compare', 'before.csv', 'after.csv', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    entered: [{ rank: 3, formula: 'Li6PS5Cl', probability: 0.8 }],
    left: [{ rank: 3, formula: 'Li3N', probability: 0.7 }],
    moved: [
      { formula: 'Li2S', from: 2, to: 1, probabilityBefore: 0.8, probabilityAfter: 0.95 },
      { formula: 'Li3PS4', from: 1, to: 2, probabilityBefore: 0.9, probabilityAfter: 0.85 },
    ],
    stayed: 0,
  });
});

it('prints tables of what changed, of directories as well, and of the first lines alone', async () => {
  await mkdir(join(scratch, 'earlier'));
  await writeFile(join(scratch, 'earlier', 'ranking.csv'), BEFORE);
  const { stdout } = await runCli(scratch, 'compare', 'earlier', 'after.csv');
  expect(stdout).toBe(
    [
      '1 entered\nrank  formula   probability\n   3  Li6PS5Cl  0.800000\n',
      '1 left\nrank  formula  probability\n   3  Li3N     0.700000\n',
      '2 moved\nfrom  to  formula  before    after\n   2   1  Li2S     0.800000  0.950000\n   1   2  Li3PS4   0.900000  0.850000\n',
      '0 stayed where they were\n',
    ].join('\n'),
  );
  const { stdout: one } = await runCli(scratch, 'compare', 'before.csv', 'after.csv', '--limit', '1');
  expect(one).toContain('2 moved, of which 1 is shown\n');
  const { stdout: first } = await runCli(scratch, 'compare', 'before.csv', 'before.csv', '--top', '1', '--json');
  expect(JSON.parse(first)).toEqual({ entered: [], left: [], moved: [], stayed: 1 });
});

it('refuses what is no ranking, and an address of no run', async () => {
  await writeFile(join(scratch, 'other.csv'), 'a,b\n1,2\n');
  for (const [run, says] of [
    ['other.csv', 'other.csv:1: column rank, formula'],
    ['no-such-run', "a ranking.csv, its directory, or a run's id"],
    ...[
      's3://bucket/other/0a',
      's3://my-bucket/runs/9e0c7838',
      's3://my-bucket/runs/latest',
      's3:/my-bucket/runs/0a',
      `S3://my-bucket/runs/${'0a'.repeat(10)}`,
    ].map((address) => [address, `${address}: is no address of a run. A run lies at s3://BUCKET/runs/ID.`]),
  ]) {
    const { code, stderr } = await runCli(scratch, 'compare', run, 'after.csv');
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  }
});

it('tells why, of runs that it finds by their id, and writes a page', async () => {
  const summary = {
    space: { name: 's', systems: 1, classes: 1, compositions: 2 },
    student: { name: 'student.onnx', hash: 'a', threshold: 0.5 },
    committee: { absent: 'none' },
    labels: { absent: 'none' },
    screened: 2,
    ranked: 2,
    elements: [],
    columns: {},
    top: [],
  };
  const options = { perSystem: 3, rankBy: 'student' };
  for (const [runId, csv, top] of [
    ['0a000000000000000000', BEFORE, 3] as const,
    ['0b000000000000000000', AFTER, 4] as const,
  ]) {
    const told = JSON.stringify({ ...summary, runId, options: { ...options, top } });
    await storeOutputs(new DirectoryStore(join(scratch, 'out')), runId, {
      'ranking.csv': Buffer.from(csv),
      'ranking.parquet': Buffer.from(''),
      'summary.json': Buffer.from(told),
      'report.html': Buffer.from(''),
    });
  }
  const { code, stdout, stderr } = await runCli(
    scratch,
    'compare',
    '0a000000000000000000',
    '0b000000000000000000',
    '--out',
    'page.html',
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('option top: 3 → 4\n1 entered\n');
  const { code: unclear, stderr: clash } = await runCli(scratch, 'compare', '0', '0b000000000000000000');
  expect(unclear).toBe(2);
  expect(clash).toContain('2 runs begin with 0: 0a000000000000000000, 0b000000000000000000');
  const page = await readFile(join(scratch, 'page.html'), 'utf8');
  expect(page).toContain('1 entered, 1 left, 2 moved, and 0 stayed');
  expect(page).toContain('<th scope="row">option top</th><td>3</td><td>4</td>');
  expect(page).toContain('Li<sub>6</sub>PS<sub>5</sub>Cl');
});

it('refuses a run that its receipt does not vouch for, however it is named', async () => {
  const screened = async (name: string): Promise<string> => {
    await writeFile(join(scratch, 'one.onnx'), randomStudent(SYMBOLS, 1));
    const source = ['--space', 'small', '--student', 'one.onnx', '--top', '5', '--out', name, '--json'];
    const { stdout } = await runCli(scratch, 'screen', ...source);
    return JSON.parse(stdout).runId;
  };
  const runId = await screened('kept');
  const compare = (run: string, ...options: string[]) => runCli(scratch, 'compare', run, 'after.csv', ...options);
  const ways = async (runs: string) => {
    const run = join(runs, 'runs', runId);
    await symlink(join(scratch, run), join(scratch, `link-${runs}`));
    return [
      await compare(run),
      await compare(join(run, 'ranking.csv')),
      await compare(`link-${runs}`),
      await compare(runId.slice(0, 8), '--runs', runs),
    ];
  };
  for (const { code, stderr } of await ways('kept')) expect(code, stderr).toBe(0);
  const copy = async (name: string): Promise<string> => {
    await cp(join(scratch, 'kept'), join(scratch, name), { recursive: true });
    return join(scratch, name, 'runs', runId);
  };

  const ranking = join(await copy('changed'), 'ranking.csv');
  await writeFile(ranking, (await readFile(ranking, 'utf8')).replace(/0\.\d/, '0.0'));
  for (const { code, stderr } of await ways('changed'))
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/ranking\.csv: its SHA-256 is \w+, and receipt\.json says \w+/),
    ]);

  await rm(join(await copy('bare'), 'receipt.json'));
  for (const { code, stderr } of await ways('bare'))
    expect([code, stderr]).toEqual([3, expect.stringContaining('and receipt.json says nothing')]);

  await cp(join(scratch, 'kept', 'runs', runId), join(scratch, 'elsewhere'), { recursive: true });
  const { code, stderr } = await compare('elsewhere');
  expect([code, stderr]).toEqual([2, expect.stringContaining('has files of a run, and a run is checked at runs/ID')]);
});

it('screening again with another student says what changed since the last run, and with options of its own nothing', async () => {
  const screen = async (seed: number, ...options: string[]): Promise<string> => {
    await writeFile(join(scratch, 'student.onnx'), randomStudent(SYMBOLS, seed));
    const source = ['--space', 'small', '--student', 'student.onnx', '--top', '50', '--out', 'screened'];
    const { code, stdout, stderr } = await runCli(scratch, 'screen', ...source, ...options);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  expect(await screen(1)).not.toContain('last run');
  const told = await screen(2);
  expect(told).toMatch(/Compared with the last run, small \w{8}: \d+ entered, \d+ left/);
  expect(told).toMatch(/^Why: student \w{12} → \w{12}$/m);
  const page = /^.*comparison\.html$/m.exec(told)?.[0] as string;
  expect(await readFile(page, 'utf8')).toContain('What changed between two rankings');
  expect(await screen(2)).toBe(told);
  expect(await screen(2, '--exclude', 'Ge')).not.toContain('last run');
});

it('refuses what is no run, and a page in the place of a ranking', async () => {
  const { code, stderr } = await runCli(scratch, 'compare', 'before.csv', 'nowhere');
  expect(code).toBe(2);
  expect(stderr).toContain('nowhere: there is no ranking');
  const { stderr: other } = await runCli(scratch, 'compare', 'before.csv', 'after.csv', '--out', 'after.csv');
  expect(other).toContain('would replace an input');
});
