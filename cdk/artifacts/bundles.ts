import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** A function's bundle. */
export interface Bundle {
  readonly name: string; // of the function, as of its file in lambda/
  readonly directory: string; // what is deployed
  readonly bytes: number; // of everything that is deployed
  readonly usesLayer: boolean; // it needs the ONNX Runtime layer
}

/** The runtime library of the layer: native, so it cannot be bundled. */
const NATIVE = 'onnxruntime-node';

/** What esbuild's target and the runtime of the functions have in common. */
const TARGET = 'node24';

/**
 * Lambda finds a layer's packages by NODE_PATH, which `require` heeds and `import` does not. So the native package is
 * required, wherever the sources import it and use what they import: a function that reads of a model no more than its
 * metadata does without.
 */
const requireNative: Plugin = {
  name: 'require-native',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${NATIVE}$`) }, ({ kind }) =>
      kind === 'require-call'
        ? { path: NATIVE, external: true }
        : { path: NATIVE, namespace: 'native', sideEffects: false },
    );
    onLoad({ filter: /.*/, namespace: 'native' }, () => ({ contents: `module.exports = require('${NATIVE}')` }));
  },
};

/** CommonJS packages within the bundle call `require` and look for their own folder. */
const BANNER = [
  "import { createRequire as makeRequire } from 'node:module';",
  'const require = makeRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('');

/** Names of the functions: every file of the folder that exports `handler`, sorted. */
export async function functionNames(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return files
    .filter((_, i) => /^export const handler\b/m.test(sources[i]))
    .map((file) => file.slice(0, -'.ts'.length));
}

/**
 * Bundle functions with all that they import, the AWS SDK included: Lambda's own copy changes without notice, is
 * slower to start, and would not be the one that was tested. Equal sources make equal bytes.
 *
 * Each goes to `<output>/<name>/index.mjs`. Its source map goes beside the folder, to `<output>/maps`: it is not
 * deployed, since to read it costs a cold function seconds, and function names survive in stack traces without it.
 */
export async function buildBundles(root: string, output: string): Promise<Bundle[]> {
  const names = await functionNames(join(root, 'lambda'));
  await mkdir(join(output, 'maps'), { recursive: true });
  return Promise.all(names.map((name) => buildBundle(root, output, name)));
}

/** How a bundle is written, whatever it holds. */
const FORMAT = {
  write: false as const,
  bundle: true,
  platform: 'node' as const,
  target: TARGET,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  entryNames: 'index',
  mainFields: ['module', 'main'],
  banner: { js: BANNER },
  plugins: [requireNative],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  charset: 'utf8',
  sourcemap: 'external',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

async function buildBundle(root: string, output: string, name: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`lambda/${name}.ts`],
    outdir: join(output, name),
    ...FORMAT,
  });
  const directory = join(output, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  let bytes = 0;
  for (const { path, contents } of outputFiles) {
    const isMap = path.endsWith('.map');
    await writeFile(isMap ? join(output, 'maps', `${name}.mjs.map`) : path, contents);
    if (!isMap) bytes += contents.length;
  }
  const imports = Object.values(metafile.outputs).flatMap((file) => file.imports);
  return { name, directory, bytes, usesLayer: imports.some(({ path }) => path === NATIVE) };
}
