import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-prune-'));
  const definition = { mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 5] };
  await writeFile(join(root, 'space.json'), JSON.stringify({ name: 'test', ...definition, maxCoefficient: 13 }));
  await writeFile(join(root, 'student.onnx'), randomStudent(['Li', ...ELEMENTS], 3));
});
afterAll(() => rm(root, { recursive: true }));

const command = (out: string, ...more: string[]): string[] => [
  ...['screen', '--space', 'space.json', '--student', 'student.onnx', '--top', '30', '--out', out],
  ...more,
];

const screen = (out: string, ...more: string[]) => runCli(root, ...command(out, ...more));

async function ranking(out: string): Promise<string> {
  const [id] = await readdir(join(root, out, 'runs'));
  return readFile(join(root, out, 'runs', id, 'ranking.csv'), 'utf8');
}

async function chunkCount(out: string): Promise<number> {
  const files = await readdir(join(root, out), { recursive: true }).catch(() => []);
  return files.filter((name) => /chunks.\d+\.bin$/.test(name)).length;
}

async function killAfter(chunks: number, out: string, ...more: string[]): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...command(out, ...more)], { cwd: root });
  const ended = once(child, 'close');
  while ((await chunkCount(out)) < chunks && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 2));
  child.kill('SIGKILL');
  await ended;
}

describe('screen --prune', () => {
  let reference: string;

  it('gives the ranking of a screening without, and says what was bounded away', async () => {
    expect((await screen('full')).code).toBe(0);
    reference = await ranking('full');
    expect(reference.trimEnd().split('\n')).toHaveLength(31);
    const { code, stdout, stderr } = await screen('pruned', '--prune');
    expect(code).toBe(0);
    expect(await ranking('pruned')).toBe(reference);
    expect(stderr).toMatch(/screened or bounded away [\d,]+ compositions in/);
    const said =
      /^([\d,]+) compositions of test in [\d,]+ systems; ([\d,]+) screened, ([\d,]+) in [\d,]+ systems bounded/;
    const [, all, screened, bounded] = said.exec(stdout) ?? [];
    const [total, ...parts] = [all, screened, bounded].map((count) => Number(count.replaceAll(',', '')));
    expect(parts[0] + parts[1]).toBe(total);
    expect(parts[1]).toBeGreaterThan(total / 10);
    expect(stdout).toContain('so it is unknown how many reach probability 0.5');
  });

  it('gives it with 3 workers and 50 chunks, killed on the way', async () => {
    const options = ['--prune', '--workers', '3', '--chunks', '50'];
    await killAfter(5, 'killed', ...options);
    expect(await chunkCount('killed')).toBeLessThan(50);
    expect((await screen('killed', ...options)).code).toBe(0);
    expect(await ranking('killed')).toBe(reference);
  });

  it('refuses a list', async () => {
    const { code, stderr } = await runCli(root, 'screen', '--compositions', 'list.csv', '--prune');
    expect(code).toBe(2);
    expect(stderr).toContain("'--prune' cannot be used with option '--compositions");
  });
});
