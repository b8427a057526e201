import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type VerifyWatch, verifyRun } from '../../cli/verify-run.ts';
import { reduceRun } from '../../functions/reduce.ts';
import { DirectoryStore } from '../../shared/io/directory-store.ts';
import { storeOutputs } from '../../shared/report/run-outputs.ts';
import { decodeChunkResult, encodeChunkResult } from '../../shared/screen/chunk-result.ts';
import { randomStudent } from '../random-student.ts';
import { runCli } from '../run-cli.ts';

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];

let root: string;
let runId: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-verify-'));
  const definition = { mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 5] };
  await writeFile(join(root, 'space.json'), JSON.stringify({ name: 'test', ...definition, maxCoefficient: 5 }));
  await writeFile(join(root, 'student.onnx'), randomStudent(['Li', ...ELEMENTS], 3));
  await runCli(root, 'screen', '--space', 'space.json', '--student', 'student.onnx', '--chunks', '4', '--top', '50');
  [runId] = await readdir(join(root, 'out', 'runs'));
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of the run that a test may damage. */
async function copyOf(name: string): Promise<string> {
  const directory = join(root, name, 'runs', runId);
  await cp(join(root, 'out'), join(root, name), { recursive: true });
  return directory;
}

/** The problems of a copy. */
const problemsOf = async (name: string): Promise<string> => {
  const watch: VerifyWatch = { step: (_, work) => work, scoring: (work) => work(() => undefined) };
  const store = new DirectoryStore(join(root, name));
  return (await verifyRun(store, runId, { sample: 100, seed: 1 }, watch)).problems.join('\n');
};

describe('verify', () => {
  it('proves a run, named by its id or its directory', async () => {
    const { code, stdout } = await runCli(root, 'verify', runId);
    expect(code).toBe(0);
    for (const text of ['the run id', 'files of the plan', '4 chunk results are whole', 'merged anew', 'float64'])
      expect(stdout).toContain(text);
    expect(stdout).toContain(`run ${runId} is complete and untouched`);
    const { stdout: json } = await runCli(root, 'verify', join('out', 'runs', runId), '--json', '--sample', '20');
    expect(JSON.parse(json)).toMatchObject({ runId, problems: [] });
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
    // a changed receipt vouches for another hash, a changed run.json for another run or file
    if (!['receipt.json', 'plan/run.json'].includes(file)) expect(problems).toContain(file.replace('plan/', ''));
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
