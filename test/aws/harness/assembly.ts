import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './install.ts';

const run = promisify(execFile);

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, never>> & Readonly<Record<string, unknown>>;
}

/** A synthesized stack. */
export interface Stack {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

/** What `cdk synth` wrote: stacks in the order in which they deploy, and the folders of the assets. */
export interface Assembly {
  readonly directory: string;
  readonly stacks: readonly Stack[];
}

/** Settings of a stage that a test needs otherwise than they are in `cdk.json`. */
export type StageOverrides = Readonly<Record<string, unknown>>;

/**
 * `cdk synth` of one stage, for this machine's architecture, without credentials. App and bundles must have been built.
 *
 * @param directory where to write
 */
export async function synthesize(directory: string, stage: string, overrides: StageOverrides = {}): Promise<Assembly> {
  const settings = { [stage]: { architecture: process.arch, ...overrides } };
  const context = ['-c', `stage=${stage}`, '-c', `ionsieve=${JSON.stringify(settings)}`];
  const program = join(ROOT, 'node_modules', '.bin', 'cdk');
  const { PATH, HOME } = process.env;
  const app = ['--app', 'node dist/cdk/app.js']; // built before
  await run(program, ['synth', '--quiet', ...app, '--output', directory, ...context], {
    cwd: ROOT,
    env: { PATH, HOME, CI: 'true', AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_VERSION_CHECK: '1' },
    maxBuffer: 1 << 26,
  });
  return readAssembly(directory);
}

/** Read an assembly, its stacks after those that they depend on. */
export async function readAssembly(directory: string): Promise<Assembly> {
  const { artifacts } = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { type: string; dependencies?: string[]; properties: Record<string, string> }>;
  };
  const stacks: Stack[] = [];
  const visit = async (id: string): Promise<void> => {
    const { type, dependencies = [], properties } = artifacts[id];
    for (const other of dependencies) await visit(other);
    if (type !== 'aws:cloudformation:stack' || stacks.some(({ file }) => file === properties.templateFile)) return;
    const file = properties.templateFile;
    const text = await readFile(join(directory, file), 'utf8');
    stacks.push({ name: properties.stackName ?? id, file, text, resources: JSON.parse(text).Resources });
  };
  for (const id of Object.keys(artifacts)) await visit(id);
  return { directory, stacks };
}

/** Folder of an asset that a template names by its key in the bucket of assets. */
export async function assetFolder({ directory }: Assembly, { S3Key }: { S3Key: string }): Promise<string> {
  const [hash] = S3Key.split('/').at(-1)!.split('.');
  const found = (await readdir(directory)).find((name) => name === `asset.${hash}`);
  if (found === undefined) throw new Error(`${directory} has no asset ${S3Key}`);
  return join(directory, found);
}

/** Resources of a type, of every stack, each with its logical id. */
export function resourcesOf({ stacks }: Assembly, type: string): (Resource & { readonly id: string })[] {
  const all = stacks.flatMap(({ resources }) => Object.entries(resources));
  return all.filter(([, { Type }]) => Type === type).map(([id, resource]) => ({ id, ...resource }));
}
