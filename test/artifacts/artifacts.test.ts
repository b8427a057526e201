import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, buildBundles, functionNames } from '../../cdk/artifacts/bundles.ts';
import { buildLayer, type Layer } from '../../cdk/artifacts/layer.ts';
import { ARCHITECTURES } from '../../shared/aws.ts';
import { openSession } from '../../shared/onnx/session.ts';
import { FROM_TEXT, KNOWN, PROCESSES } from '../security/code-from-text.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEGABYTE = 1e6;
const ELEMENTS = [2, 7, 15, 3, 7, 33]; // shape (2, 3): two systems
const AMOUNTS = [1, 1, 2, 3, 1, 4]; // shape (2, 3): two stoichiometries

const run = promisify(execFile);
let output: string; // outside the checkout, or its node_modules would be found before the layer
let bundles: Bundle[];
let layers: Layer[];

beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), 'ionsieve-artifacts-'));
  bundles = await buildBundles(ROOT, output);
  layers = await Promise.all(ARCHITECTURES.map((architecture) => buildLayer(ROOT, output, architecture)));
});
afterAll(() => rm(output, { recursive: true }));

/** Hash of every file below a folder, by path. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  return Object.fromEntries(
    await Promise.all(paths.sort().map(async (path) => [path.slice(folder.length), await hash(path)])),
  );
}

/** Standard output of an ES module that is run as Lambda runs a function: with the layer on NODE_PATH. */
async function runOverLayer(code: string): Promise<string> {
  const NODE_PATH = join(output, `layer-${process.arch}`, 'nodejs', 'node_modules');
  const arguments_ = ['--input-type=module', '--eval', code];
  const { stdout } = await run(process.execPath, arguments_, { cwd: output, env: { NODE_PATH } });
  return stdout;
}

describe('the bundles', () => {
  it('are one for each function, and each takes part in a workflow', async () => {
    expect(bundles.map(({ name }) => name)).toEqual(await functionNames(join(ROOT, 'lambda')));
    expect(bundles.map(({ name }) => name)).toEqual(expect.arrayContaining(['plan', 'reduce', 'screen-chunk']));
  });

  it('are below 5 MB each', () => {
    expect(bundles.filter(({ bytes }) => bytes >= 5 * MEGABYTE)).toEqual([]);
  });

  it('load alone, with nothing beside them but the layer', async () => {
    const paths = bundles.map(({ directory }) => join(directory, 'index.mjs'));
    const code = `for (const path of ${JSON.stringify(paths)}) console.log(typeof (await import(path)).handler)`;
    expect((await runOverLayer(code)).trim().split('\n')).toEqual(bundles.map(() => 'function'));
  });

  it('make no code from text and start no process, known and unused parts of packages apart', async () => {
    const texts = await Promise.all(bundles.map(({ directory }) => readFile(join(directory, 'index.mjs'), 'utf8')));
    const rest = texts.map((text) => KNOWN.reduce((remaining, part) => remaining.replaceAll(part, ''), text));
    const found = bundles.filter((_, i) => FROM_TEXT.test(rest[i]) || PROCESSES.test(rest[i]));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  it('name no folder of the machine that built them', async () => {
    const texts = await Promise.all(bundles.map(({ directory }) => readFile(join(directory, 'index.mjs'), 'utf8')));
    expect(bundles.filter((_, i) => texts[i].includes(ROOT)).map(({ name }) => name)).toEqual([]);
  });
});

describe('the layer', () => {
  it('is below 50 MB unpacked on either architecture', () => {
    expect(layers.map(({ architecture }) => architecture)).toEqual(['arm64', 'x64']);
    expect(layers.filter(({ bytes }) => bytes >= 50 * MEGABYTE)).toEqual([]);
  });

  it('leaves a function far below the 250 MB that Lambda unpacks', () => {
    const largest = Math.max(...bundles.map(({ bytes }) => bytes)) + Math.max(...layers.map(({ bytes }) => bytes));
    expect(largest).toBeLessThan(100 * MEGABYTE);
  });

  it.each(ARCHITECTURES)('has the native files of %s and of nothing else', async (architecture) => {
    const { directory } = layers.find((layer) => layer.architecture === architecture)!;
    const files = Object.keys(await contents(directory)).filter((file) => !/\.(js|json)$/.test(file));
    const folder = `/nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/${architecture}`;
    expect(files).toEqual([`${folder}/libonnxruntime.so.1`, `${folder}/onnxruntime_binding.node`]);
  });

  it.each([
    ['arm64', 183],
    ['x64', 62],
  ])('has binaries for %s (ELF machine %i)', async (architecture, machine) => {
    const { directory } = layers.find((layer) => layer.architecture === architecture)!;
    const folder = `nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/${architecture}`;
    for (const file of await readdir(join(directory, folder))) {
      const header = await readFile(join(directory, folder, file));
      expect([file, header.readUInt16LE(18)]).toEqual([file, machine]); // e_machine
    }
  });

  it('scores with the shipped student, to the bit as the installed package does', async () => {
    const model = join(ROOT, 'models', 'student.onnx');
    const code = `
      import { createRequire } from 'node:module';
      const { InferenceSession, Tensor } = createRequire(${JSON.stringify(join(output, 'index.mjs'))})('onnxruntime-node');
      const session = await InferenceSession.create(${JSON.stringify(model)}, { intraOpNumThreads: 1 });
      const { logit } = await session.run({
        elements: new Tensor('int64', [${ELEMENTS.map((row) => `${row}n`)}], [2, 3]),
        amounts: new Tensor('float32', [${AMOUNTS}], [2, 3]),
      });
      console.log(JSON.stringify([...logit.data]));`;
    const session = await openSession(await readFile(model));
    const { logit } = await session.run({
      elements: { data: BigInt64Array.from(ELEMENTS, BigInt), shape: [2, 3] },
      amounts: { data: Float32Array.from(AMOUNTS), shape: [2, 3] },
    });
    expect(JSON.parse(await runOverLayer(code))).toEqual(Array.from(logit.data, Number));
    await session.release();
  });
});

it('building twice makes the same bytes', async () => {
  const again = await mkdtemp(join(tmpdir(), 'ionsieve-artifacts-'));
  try {
    await buildBundles(ROOT, again);
    for (const architecture of ARCHITECTURES) await buildLayer(ROOT, again, architecture);
    expect(await contents(again)).toEqual(await contents(output));
  } finally {
    await rm(again, { recursive: true });
  }
});
