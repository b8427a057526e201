import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-screen-list-'));
  await writeFile(join(root, 'student.onnx'), randomStudent(['Li', 'P', 'S', 'Cl', 'O'], 3));
  const formulas = Array.from({ length: 20_000 }, (_, i) => `Li${1 + (i % 97)}P${1 + (i % 89) / 10}S${1 + (i % 7)}`);
  await writeFile(join(root, 'list.csv'), `formula\n${formulas.join('\n')}\nLi2Fe\nnonsense\n`);
});
afterAll(() => rm(root, { recursive: true }));

const screen = (...more: string[]) =>
  runCli(root, 'screen', '--compositions', 'list.csv', '--student', 'student.onnx', '--top', '20', ...more);

async function outputs(out: string): Promise<string> {
  const [id] = await readdir(join(root, out, 'runs'));
  const files = ['ranking.csv', 'skipped.csv', 'summary.json'];
  return (await Promise.all(files.map((file) => readFile(join(root, out, 'runs', id, file), 'utf8')))).join('\n');
}

describe('screen --compositions', () => {
  it('ranks the rows, says which have no score, and gives the same files for any workers and chunks', async () => {
    const { code, stdout } = await screen('--workers', '1', '--chunks', '1', '--out', 'one');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^20,000 compositions of list\.csv screened; /);
    expect(stdout).toMatch(
      /\n2 rows have no score \(1 element unknown to the student, 1 unreadable formula\), see one/,
    );
    expect(stdout).toMatch(/\n3 ranked in one\/runs\/\w+\/ranking\.csv\n$/); // of one system
    await screen('--workers', '2', '--chunks', '5', '--out', 'two');
    expect(await outputs('two')).toBe(await outputs('one'));
    expect((await screen('--workers', '2', '--out', 'two')).stdout.replaceAll('two', 'one')).toBe(stdout);
  });

  it('tells how measurements were read', async () => {
    await writeFile(join(root, 'm.csv'), 'formula,T_C,log(σ / S cm-1)\nLi3PS4,25,-6\nLi3PS4,200,-2\nLi2S,,-3\n');
    const { code, stderr } = await screen('--measured', 'm.csv', '--out', 'measured');
    expect(code).toBe(0);
    expect(stderr).toContain('m.csv: the column log(σ / S cm-1) is read as log10 of S/cm\n');
    expect(stderr).toContain('m.csv: 1 rows at other temperatures than room temperature (15 to 35 °C) and 1 without');
  });

  it('is no option beside --space', async () => {
    const { code, stderr } = await screen('--space', 'small');
    expect(code).toBe(2);
    expect(stderr).toContain("'--compositions <file>' cannot be used with option '--space <file>'");
  });
});
