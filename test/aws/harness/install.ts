import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'ionsieve');

/** The Node.js that runs the functions: of the line that Lambda's nodejs24.x runs. It comes as an npm package. */
const LAMBDA_NODE = '24.21.0';

/** Programs that the tests need beyond the project's dependencies, installed once into a cache that git ignores. */
export interface Tools {
  readonly python: string; // with moto and cfn-lint
  readonly node: string; // for the functions
}

/** Install what is missing, from the package registries alone. */
export async function installTools(): Promise<Tools> {
  const [python, node] = await Promise.all([installPython(), installNode()]);
  return { python, node };
}

async function installPython(): Promise<string> {
  const requirements = join(ROOT, 'test', 'aws', 'requirements.txt');
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = join(CACHE, `python-${version}`);
  await installOnce(folder, async () => {
    await run('python3', ['-m', 'venv', folder]); // not movable, so it is made in place
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--requirement', requirements]);
  });
  return join(folder, 'bin', 'python');
}

async function installNode(): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const folder = join(CACHE, `node-${LAMBDA_NODE}-${process.arch}`);
  await installOnce(folder, async () => {
    await mkdir(folder, { recursive: true });
    const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', '--prefix', folder, ...options, `${name}@${LAMBDA_NODE}`], { cwd: folder });
  });
  return join(folder, 'node_modules', name, 'bin', 'node');
}

/** A folder counts as installed when its marker is there: an interrupted installation starts over. */
async function installOnce(folder: string, install: () => Promise<void>): Promise<void> {
  const marker = `${folder}.installed`;
  if (existsSync(marker)) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  await install();
  await mkdir(`${marker}.new`, { recursive: true });
  await rename(`${marker}.new`, marker);
}
