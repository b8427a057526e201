import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const ELEMENTS = ['B', 'O', 'P', 'S', 'Cl', 'Ge', 'Br', 'La', 'Na', 'Al', 'Si', 'Zn'];
const ANIONS = ['O', 'S', 'Cl', 'Br'];

let root: string;
let space: string; // 1.2e6 compositions
let student: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ionsieve-screen-'));
  space = join(root, 'space.json');
  student = join(root, 'student.onnx');
  const definition = { mobileIon: 'Li', elements: ELEMENTS, anions: ANIONS, arity: [3, 5], maxCoefficient: 8 };
  await writeFile(space, JSON.stringify({ name: 'test', ...definition }));
  await writeFile(student, randomStudent(['Li', ...ELEMENTS], 3));
});
afterAll(() => rm(root, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: root });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    text.stdout += data;
  });
  child.stderr.on('data', (data) => {
    text.stderr += data;
  });
  return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, ...text })) };
}

const run = (...args: string[]): Promise<Ended> => start(args).ended;

function screenArguments(out: string, ...more: string[]): string[] {
  return ['screen', '--space', space, '--student', student, '--top', '300', '--out', out, ...more];
}

async function runDirectory(out: string): Promise<string> {
  const runs = join(root, out, 'runs');
  const [id] = await readdir(runs);
  return join(runs, id);
}

async function ranking(out: string): Promise<string> {
  return readFile(join(await runDirectory(out), 'ranking.csv'), 'utf8');
}

async function chunkCount(out: string): Promise<number> {
  try {
    return (await readdir(join(await runDirectory(out), 'chunks'))).filter((name) => name.endsWith('.bin')).length;
  } catch {
    return 0;
  }
}

/** Start, and send a signal as soon as at least `chunks` chunks are stored. */
async function stopAfter(chunks: number, signal: NodeJS.Signals, out: string, ...more: string[]): Promise<Ended> {
  const { child, ended } = start(screenArguments(out, ...more));
  while ((await chunkCount(out)) < chunks && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 2));
  child.kill(signal);
  return ended;
}

describe('screen', () => {
  let reference: string;

  it('prints the top ten and where the rest is', async () => {
    const { code, stdout, stderr } = await run(...screenArguments('reference', '--workers', '1', '--chunks', '1'));
    expect(stderr).toMatch(/^screened [\d,]+ compositions in/);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => /^ *\d+ {2}\S*Li/.test(line))).toHaveLength(10);
    const [path] = /reference\S*ranking.csv/.exec(stdout) ?? [''];
    reference = await readFile(join(root, path), 'utf8');
    expect(reference.trimEnd().split('\n')).toHaveLength(301);
  });

  it.each([
    ['2', '10'],
    ['7', '1000'],
    ['7', '10'],
  ])('gives the same ranking with %s workers and %s chunks', async (workers, chunks) => {
    const out = `w${workers}-c${chunks}`;
    expect((await run(...screenArguments(out, '--workers', workers, '--chunks', chunks))).code).toBe(0);
    expect(await ranking(out)).toBe(reference);
    expect(await chunkCount(out)).toBeGreaterThan(1);
  });

  it('gives the same ranking after it was killed twice', async () => {
    const options = ['--workers', '2', '--chunks', '120'];
    expect((await stopAfter(5, 'SIGKILL', 'killed', ...options)).signal).toBe('SIGKILL');
    const kept = await chunkCount('killed');
    expect((await stopAfter(kept + 5, 'SIGKILL', 'killed', ...options)).signal).toBe('SIGKILL');
    expect(await chunkCount('killed')).toBeLessThan(120);
    await truncate(join(await runDirectory('killed'), 'chunks', '000001.bin'), 100);
    const { code, stderr } = await run(...screenArguments('killed', '--workers', '1', '--chunks', '7'));
    expect(code).toBe(0);
    expect(stderr).toContain('going on with the 120 chunks');
    expect(stderr).toContain('000001.bin was damaged and is screened anew');
    expect(await ranking('killed')).toBe(reference);
    expect(
      (await readdir(await runDirectory('killed'), { recursive: true })).filter((name) => /partial|lock/.test(name)),
    ).toEqual([]);
  });

  it('stops on Ctrl-C with exit code 130, says how to go on, and goes on', async () => {
    const { code, stderr } = await stopAfter(5, 'SIGINT', 'interrupted', '--workers', '2', '--chunks', '120');
    expect(code).toBe(130);
    expect(stderr).toContain('give the same command again to go on');
    const kept = await chunkCount('interrupted');
    expect(kept).toBeGreaterThanOrEqual(5);
    expect(kept).toBeLessThan(120);
    expect((await run(...screenArguments('interrupted'))).code).toBe(0);
    expect(await ranking('interrupted')).toBe(reference);
  });

  it('answers at once from the files of a finished run, and makes damaged outputs again', async () => {
    const csv = join(await runDirectory('reference'), 'ranking.csv');
    const again = await run(...screenArguments('reference'));
    expect(again.code).toBe(0);
    expect(again.stderr).toBe('');
    await truncate(csv, 1000);
    expect((await run(...screenArguments('reference'))).code).toBe(0);
    expect(await ranking('reference')).toBe(reference);
  });

  it('prints summary.json alone with --json', async () => {
    const { code, stdout } = await run(...screenArguments('reference', '--json'));
    expect(code).toBe(0);
    expect(stdout).toBe(await readFile(join(await runDirectory('reference'), 'summary.json'), 'utf8'));
    const { space: screened, top, options } = JSON.parse(stdout);
    expect(screened.name).toBe('test');
    expect(options).toEqual({ top: 300, perSystem: 3, rankBy: 'student' });
    expect(top[0]).toMatchObject({ rank: 1, formula: reference.split('\n')[1].split(',')[2] });
  });

  it('is repeated by the command that its page shows, from copies that the run keeps', async () => {
    const directory = await runDirectory('reference');
    const page = await readFile(join(directory, 'report.html'), 'utf8');
    const [, command] = /<code>ionsieve (screen [^<]*)<\/code>/.exec(page)!;
    const words = command.replace('--space test', `--space ${space}`).split(' ');
    const { code, stderr } = await runCli(join(root, 'reference'), ...words);
    expect(code, stderr).toBe(0);
    expect(await readdir(join(root, 'reference', 'runs'))).toHaveLength(1);
  });

  it('gives an empty ranking, and says why, where the elements asked for leave nothing', async () => {
    const { code, stdout, stderr } = await run(...screenArguments('nothing', '--require', 'Co'));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('require Co');
    expect((await ranking('nothing')).trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('screen refuses with exit code 2, and writes nothing', () => {
  async function refused(...args: string[]): Promise<string> {
    const { code, stderr, stdout } = await run(...args);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
    return stderr;
  }

  it.each([
    [['screen', '--top', '0'], "option '--top <count>' argument '0' is invalid"],
    [['screen', '--top', '10000000'], '--top: 10000000 are more than 1000000, which fit into memory. Ask for fewer.'],
    [['screen', '--workers', '1.5'], "option '--workers <count>' argument '1.5' is invalid"],
    [['screen', '--speed', '9'], "unknown option '--speed'"],
    [['screen', 'now'], 'too many arguments'],
    [['fly'], "unknown command 'fly'"],
  ])('%j', async (args, message) => {
    expect(await refused(...args)).toContain(message);
  });

  it('a space file that is not there', async () => {
    expect(await refused('screen', '--space', 'none.json', '--student', student, '--out', 'none')).toContain(
      'none.json: cannot be accessed (ENOENT)',
    );
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('a model that is none', async () => {
    expect(await refused('screen', '--space', space, '--student', space, '--out', 'none')).toContain('model');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('elements that the student does not know, by name', async () => {
    const other = join(root, 'other.onnx');
    await writeFile(other, randomStudent(['Li', 'B', 'O']));
    const message = await refused('screen', '--space', space, '--student', other, '--out', 'none');
    expect(message).toContain('space.json:elements: the student does not know Na, Al, Si, P, S, Cl, Zn, Ge, Br, La');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it("an output directory that is another run's", async () => {
    const directory = await runDirectory('reference');
    expect(await refused(...screenArguments(directory))).toContain('belongs to another run');
    await cp(join(root, 'reference'), join(root, 'edited'), { recursive: true });
    const record = join(await runDirectory('edited'), 'plan', 'run.json');
    await writeFile(record, (await readFile(record, 'utf8')).replace('"name": "test"', '"name": "other"'));
    const { code, stderr } = await run(...screenArguments('edited'));
    expect(code).toBe(3);
    expect(stderr).toContain('run.json: its own hash is not that of its content');
  });

  it('a run that another process is at work on', async () => {
    const { child, ended } = start(screenArguments('busy', '--workers', '1', '--chunks', '120'));
    while ((await chunkCount('busy')) < 2) await new Promise((wake) => setTimeout(wake, 2));
    child.kill('SIGSTOP'); // or it might be done before the second one begins
    expect(await refused(...screenArguments('busy'))).toContain(`process ${child.pid} on`);
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    expect((await ended).code).toBe(143);
  });

  it('an output path that is a file', async () => {
    expect(await refused(...screenArguments(join(space, 'out')))).toContain('ENOTDIR');
  });
});
