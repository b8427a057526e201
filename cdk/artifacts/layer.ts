import { chmod, copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Architecture } from '../../shared/aws.ts';

/** A layer's folder. */
export interface Layer {
  readonly architecture: Architecture;
  readonly directory: string; // what is deployed; Lambda unpacks it into /opt
  readonly bytes: number; // unpacked
}

/** Where Lambda's NODE_PATH looks below the root of a layer. */
const MODULES = join('nodejs', 'node_modules');

/** The CPU's binaries. The other providers (CUDA, TensorRT) are dead weight in Lambda, other systems' too. */
const BINARIES = ['libonnxruntime.so.1', 'onnxruntime_binding.node'];

/** Packages of the layer, each with the files that are needed of it. What they install by (adm-zip …) is not. */
const PACKAGES: Readonly<Record<string, (file: string, architecture: Architecture) => boolean>> = {
  'onnxruntime-node': (file, architecture) =>
    isCode(file, 'dist/') || BINARIES.some((name) => file === `bin/napi-v6/linux/${architecture}/${name}`),
  'onnxruntime-common': (file) => isCode(file, 'dist/cjs/'),
};

function isCode(file: string, folder: string): boolean {
  return file === 'package.json' || (file.startsWith(folder) && (file.endsWith('.js') || file.endsWith('.json')));
}

/**
 * Copy what ONNX Runtime needs on one architecture into `<output>/layer-<architecture>`, with fixed modes, so that equal
 * packages make equal layers.
 *
 * @param root folder that has the installed packages in `node_modules`
 */
export async function buildLayer(root: string, output: string, architecture: Architecture): Promise<Layer> {
  const directory = join(output, `layer-${architecture}`);
  await rm(directory, { recursive: true, force: true });
  let bytes = 0;
  for (const [name, isNeeded] of Object.entries(PACKAGES)) {
    const source = join(root, 'node_modules', name);
    const files = (await filesBelow(source)).filter((file) => isNeeded(file, architecture));
    for (const file of files) bytes += await copy(join(source, file), join(directory, MODULES, name, file));
  }
  await checkComplete(directory, architecture);
  return { architecture, directory, bytes };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.map((path) => path.split(sep).join('/')).sort();
}

async function copy(source: string, target: string): Promise<number> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
  await chmod(target, 0o644);
  return (await stat(target)).size;
}

/** A new version may have moved its binaries: better to fail here than in the first invocation. */
async function checkComplete(directory: string, architecture: Architecture): Promise<void> {
  const package_ = join(directory, MODULES, 'onnxruntime-node');
  const binding = await readFile(join(package_, 'dist', 'binding.js'), 'utf8');
  const folder = join(package_, 'bin', 'napi-v6', 'linux', architecture);
  const present = await readdir(folder).catch((): string[] => []);
  const missing = BINARIES.filter((name) => !present.includes(name));
  if (missing.length > 0 || !binding.includes('/bin/napi-v6/'))
    throw new Error(`onnxruntime-node has no ${missing.join(', ')} in bin/napi-v6/linux/${architecture}: reinstall it`);
}
