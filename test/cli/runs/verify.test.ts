import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { reduceRun } from '../../../shared/report/reduce-run.ts';
import { storeOutputs } from '../../../shared/runs/run-outputs.ts';
import { decodeChunkResult, encodeChunkResult } from '../../../shared/screen/chunk-result.ts';
import { type Verification, type VerifyWatch, verifyRun } from '../../../shared/verify/verify-run.ts';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];

let root: string;
let runId: string;
let comparedId: string; // of another student, compared with the first
let listId: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-verify-'));
  const definition = { mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 5] };
  await writeFile(join(root, 'space.json'), JSON.stringify({ name: 'test', ...definition, maxCoefficient: 5 }));
  await writeFile(join(root, 'student.onnx'), randomStudent(['Li', ...ELEMENTS], 3));
  await runCli(root, 'screen', '--space', 'space.json', '--student', 'student.onnx', '--chunks', '4', '--top', '50');
  [runId] = await readdir(join(root, 'out', 'runs'));
  await writeFile(join(root, 'other.onnx'), randomStudent(['Li', ...ELEMENTS], 4));
  comparedId = await another('--space', 'space.json', '--student', 'other.onnx', '--top', '50');
  await writeFile(join(root, 'list.csv'), 'formula\nLi3PS4\nLi2GeO3\nLiCl\n');
  listId = await another('--compositions', 'list.csv', '--student', 'student.onnx');
});
afterAll(() => rm(root, { recursive: true }));

/** Screen once more. @returns id of the run */
async function another(...source: string[]): Promise<string> {
  const before = await readdir(join(root, 'out', 'runs'));
  const { code, stderr } = await runCli(root, 'screen', '--chunks', '4', ...source);
  expect(code, stderr).toBe(0);
  const [id] = (await readdir(join(root, 'out', 'runs'))).filter((other) => !before.includes(other));
  return id;
}

/** A copy of a run that a test may damage. */
async function copyOf(name: string, id = runId): Promise<string> {
  const directory = join(root, name, 'runs', id);
  await cp(join(root, 'out'), join(root, name), { recursive: true });
  return directory;
}

const verifyOf = (name: string, id: string): Promise<Verification> => {
  const watch: VerifyWatch = { step: (_, work) => work, scoring: (work) => work(() => undefined) };
  const store = new DirectoryStore(join(root, name));
  return verifyRun(store, id, { sample: 100, seed: 1 }, watch);
};

/** The problems of a copy. */
const problemsOf = async (name: string, id = runId): Promise<string> => (await verifyOf(name, id)).problems.join('\n');

describe('verify', () => {
  it('proves a run, named by its id or its directory', async () => {
    const { code, stdout } = await runCli(root, 'verify', runId);
    expect(code).toBe(0);
    for (const text of ['the run id', 'files of the plan', '4 chunk results are whole', 'merged anew', 'float64'])
      expect(stdout).toContain(text);
    expect(stdout).toContain(`run ${runId} is complete and untouched\n`);
    const { stdout: json } = await runCli(root, 'verify', join('out', 'runs', runId), '--json', '--sample', '20');
    expect(JSON.parse(json)).toMatchObject({ runId, problems: [] });
    const { stdout: short } = await runCli(root, 'verify', runId.slice(0, 8), '--json', '--sample', '20');
    expect(JSON.parse(short)).toMatchObject({ runId, problems: [] });
  });

  it('names a receipt that says the same in other bytes', async () => {
    const file = join(await copyOf('receipt'), 'receipt.json');
    await writeFile(file, JSON.stringify(JSON.parse(await readFile(file, 'utf8'))));
    expect(await problemsOf('receipt')).toBe('receipt.json is not as runs write it');
  });

  it('names files that are none of the run', async () => {
    const directory = await copyOf('foreign', comparedId);
    for (const file of ['notes.txt', 'lock', 'plan/ranking.csv', 'chunks/readme'])
      await writeFile(join(directory, file), 'mine');
    const { unproved, problems } = await verifyOf('foreign', comparedId);
    const prefix = `runs/${comparedId}`;
    expect(unproved.slice(0, 3)).toEqual([
      `that nobody works at the run while it is verified: ${prefix}/lock is there`,
      `what ${prefix}/notes.txt is: no file of this run`,
      `what ${prefix}/plan/ranking.csv is: no file of this run`,
    ]);
    expect(problems).toEqual([expect.stringContaining('chunks/readme')]);
    await rm(join(directory, 'chunks/readme'));
    const { code, stdout } = await runCli(root, 'verify', directory, '--sample', '20');
    expect(code).toBe(0);
    expect(stdout).toContain(`run ${comparedId} is complete and untouched, but for what could not be proved\n`);
  });

  it('gives a remedy that mends a damaged chunk', async () => {
    const directory = await copyOf('mended');
    await writeFile(join(directory, 'chunks', '000001.bin'), 'damaged');
    const { code, stderr } = await runCli(root, 'verify', runId, '--out', 'mended');
    expect(code).toBe(3);
    expect(stderr).toContain('otherwise delete its receipt.json');
    await rm(join(directory, 'receipt.json'));
    const source = ['--space', 'space.json', '--student', 'student.onnx', '--chunks', '4', '--top', '50'];
    expect((await runCli(root, 'screen', ...source, '--out', 'mended')).code).toBe(0);
    expect(await problemsOf('mended')).toBe('');
  });

  it.each([
    ['ranking.csv', 'ranking.csv'],
    ['plan/run.json', 'run.json'],
    ['chunks/000001.bin', 'chunk 1 is missing'],
  ])('does not wait for a pipe in the place of %s', async (file, problem) => {
    const name = `pipe-${file.replace('/', '-')}`;
    const path = join(await copyOf(name), file);
    await rm(path);
    execFileSync('mkfifo', [path]);
    const { code, stdout, stderr } = await runCli(root, 'verify', runId, '--out', name);
    expect(code, stderr).toBe(3);
    expect(stdout + stderr).toContain(problem);
  });

  it.each([
    ...['ranking.csv', 'ranking.parquet', 'summary.json', 'report.html', 'receipt.json'],
    ...['plan/student.onnx', 'plan/classes.json', 'plan/systems.bin', 'plan/index.json', 'plan/chunks.json'],
    ...['chunks/000002.bin', 'plan/run.json'],
  ])('names %s when a byte of it is another', async (file) => {
    const directory = await copyOf(`flipped-${file.replace('/', '-')}`);
    const bytes = await readFile(join(directory, file));
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(join(directory, file), bytes);
    const problems = await problemsOf(`flipped-${file.replace('/', '-')}`);
    expect(problems).not.toBe('');
    if (file !== 'receipt.json') expect(problems).toContain(file.replace('plan/', ''));
  });

  it('proves the comparison of a run', async () => {
    const { problems, proved, unproved } = await verifyOf('out', comparedId);
    expect([problems, unproved]).toEqual([[], []]);
    expect(proved).toContain('the comparison with the last run has its own hash');
  });

  it('proves a run that ranks nothing', async () => {
    const source = ['--space', 'space.json', '--student', 'student.onnx', '--min-lithium-mass-percent', '99'];
    const { problems, proved } = await verifyOf('out', await another(...source));
    expect(problems).toEqual([]);
    expect(proved.at(-1)).toMatch(
      /^nothing is ranked, so there is no logit to compute anew; [1-9]\d* others of the space belong to it/,
    );
  });

  it('proves a run with bounds: what is bounded away, scored anew, stays below', async () => {
    const space = JSON.parse(await readFile(join(root, 'space.json'), 'utf8'));
    await writeFile(join(root, 'large.json'), JSON.stringify({ ...space, name: 'large', maxCoefficient: 13 }));
    const options = ['--student', 'student.onnx', '--top', '3', '--per-system', '1', '--prune'];
    const { problems, proved } = await verifyOf('out', await another('--space', 'large.json', ...options));
    expect(problems).toEqual([]);
    expect(proved.at(-1)).toMatch(
      /^of \d+ systems drawn, [1-9]\d* are bounded away: [\d,]+ of their compositions, scored/,
    );
  });

  it.each([
    ['the counts in run.json', 'plan/run.json', '"compositions": ', () => comparedId],
    ['the estimate in run.json', 'plan/run.json', '"vcpuSeconds": ', () => comparedId],
    ['the figures of a comparison', 'comparison.json', '"stayed": ', () => comparedId],
    ['the page of a comparison', 'comparison.html', '<h2>Entered</h2>', () => comparedId],
    ['where the files of a list are', 'plan/inputs.json', 'list', () => listId],
  ])('notices another byte of %s', async (what, file, before, id) => {
    const name = `byte-${what.replaceAll(' ', '-')}`;
    const path = join(await copyOf(name, id()), file);
    const bytes = await readFile(path);
    bytes[bytes.indexOf(before) + before.length] ^= 1; // a digit stays a digit
    await writeFile(path, bytes);
    expect(await problemsOf(name, id())).toContain(file.replace('plan/', ''));
  });

  it.each(['ranking.csv', 'receipt.json', 'plan/systems.bin', 'chunks/000001.bin', 'plan/run.json'])(
    'names %s when it is gone',
    async (file) => {
      const name = `gone-${file.replace('/', '-')}`;
      await rm(join(await copyOf(name), file));
      expect(await problemsOf(name)).toContain(
        file.startsWith('chunks/') ? 'chunk 1 is missing' : file.replace('plan/', ''),
      );
    },
  );

  it('notices a ranking that was exchanged with its receipt', async () => {
    const directory = await copyOf('exchanged');
    const store = new DirectoryStore(join(root, 'exchanged'));
    const { outputs } = await reduceRun(store, runId);
    const lines = Buffer.from(outputs['ranking.csv']).toString().split('\n');
    lines.splice(1, 1);
    await storeOutputs(store, runId, { ...outputs, 'ranking.csv': Buffer.from(lines.join('\n')) });
    const { code, stdout, stderr } = await runCli(root, 'verify', runId, '--out', 'exchanged');
    expect([code, stderr]).toEqual([3, expect.stringContaining('a problem was found')]);
    expect(stdout).toContain('damaged: ranking.csv is not what the chunk results give');
    expect(await readdir(directory)).toContain('receipt.json');
  });

  it('notices scores that were made up, whole from chunk to report', async () => {
    const directory = await copyOf('made-up');
    const path = join(directory, 'chunks', '000000.bin');
    const result = decodeChunkResult(await readFile(path), path);
    result.best.logits[0] += 1;
    await writeFile(path, encodeChunkResult(result));
    const store = new DirectoryStore(join(root, 'made-up'));
    await storeOutputs(store, runId, (await reduceRun(store, runId)).outputs);
    expect(await problemsOf('made-up')).toMatch(/is ranked with logit .*, which is .* anew/);
  });

  it('says that there is no such run', async () => {
    const { code, stderr } = await runCli(root, 'verify', '0123456789abcdef0123');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no such run');
    expect((await runCli(root, 'verify', 'elsewhere/nothing')).stderr).toContain('no directory of a run');
  });
});
