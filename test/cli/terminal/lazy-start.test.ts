import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LITHIUM_FLUORIDE } from '../../lithium-fluoride.ts';
import { type Ended, runCliWith, runMain } from '../../run-cli.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RUNTIME = 'node_modules/onnxruntime-node';
const BINDING = `${RUNTIME}/bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-start-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Paths of the modules that a command loads, as Node.js lists scripts for coverage: of either kind, packages included. */
async function modulesOf(...args: string[]): Promise<string[]> {
  const coverage = join(directory, 'coverage');
  const { code } = await runCliWith({ ...process.env, NODE_V8_COVERAGE: coverage }, directory, ...args);
  expect(code).toBe(0);
  const [report] = readdirSync(coverage);
  const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as { result: { url: string }[] };
  rmSync(coverage, { recursive: true });
  return result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
}

it.each(['--version', '--help'])(
  '%s loads fewer than 60 modules, of three packages without native code',
  async (flag) => {
    const modules = await modulesOf(flag);
    expect(modules).toContain(join(ROOT, 'dist/cli/main.js'));
    expect(modules.length).toBeLessThan(60);
    const packages = modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(['commander', 'fastest-levenshtein', 'valibot']);
  },
);

it('a command loads what it needs and not what others need', async () => {
  const modules = await modulesOf('space', 'count', '--space', 'small');
  expect(modules).toContain(join(ROOT, 'dist/shared/space/space.js'));
  expect(modules.filter((path) => /shared\/(onnx|models|student|report\/report)|functions|aws-sdk/.test(path))).toEqual(
    [],
  );
});

/** The package as it is installed, with ONNX Runtime without its native library. */
function install(): string {
  const folder = mkdtempSync(join(directory, 'installed-'));
  for (const file of ['package.json', 'cdk.json']) cpSync(join(ROOT, file), join(folder, file));
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  for (const part of files.filter((each) => each.startsWith('dist/')))
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  for (const part of ['data', 'models']) symlinkSync(join(ROOT, part), join(folder, part));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== 'onnxruntime-node'))
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  for (const part of ['package.json', 'dist'])
    cpSync(join(ROOT, RUNTIME, part), join(folder, RUNTIME, part), { recursive: true });
  return folder;
}

describe('where the native library of ONNX Runtime is missing', () => {
  let installed: string;
  beforeAll(() => {
    installed = install();
    const structure = { id: 'LiF', type: 'structures', attributes: LITHIUM_FLUORIDE };
    writeFileSync(join(directory, 'LiF.jsonl'), JSON.stringify(structure));
  });

  const ionsieve = (line: string): Promise<Ended> =>
    runMain(join(installed, 'dist/cli/main.js'), process.env, directory, ...line.split(' '));

  it.each([
    '--version',
    '--help',
    'help cloud start',
    'completion bash',
    'space count --space small',
    'label LiF.jsonl --out labels.csv',
    'cloud estimate --space small',
  ])('ionsieve %s works', async (line) => {
    const { code, stdout } = await ionsieve(line);
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
  });

  const REFUSAL = `error: onnxruntime-node: ONNX Runtime, which computes models, does not load on ${process.platform}-${process.arch}`;

  it.each(['score Li3PS4', 'screen --space small --out out', 'cloud estimate --space small --prune'])(
    'ionsieve %s says which platform has none, and what to do',
    async (line) => {
      const { code, stdout, stderr } = await ionsieve(line);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(REFUSAL);
      expect(stderr).toContain('install ionsieve again');
    },
  );

  it('one that does not load, and a missing package, are told apart by the reason', async () => {
    mkdirSync(dirname(join(installed, BINDING)), { recursive: true });
    writeFileSync(join(installed, BINDING), 'of another system');
    expect((await ionsieve('score Li3PS4')).stderr).toMatch(/does not load on .*onnxruntime_binding\.node/);
    rmSync(join(installed, RUNTIME), { recursive: true });
    expect((await ionsieve('score Li3PS4')).stderr).toMatch(/does not load on .*Cannot find package/);
  });
});
