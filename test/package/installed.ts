import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a command printed. Rejects, with all of it in the message, if the command fails. */
export async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const options = { cwd, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: '1' } };
  try {
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}\n${stderr}`);
  }
}

/** The archive as npm packs it. */
export interface Packed {
  readonly filename: string;
  readonly size: number; // bytes
  readonly files: readonly { readonly path: string }[];
}

/** An empty project into which the packed archive was installed. */
export interface Project {
  readonly directory: string;
  readonly packed: Packed;
}

/** Pack what is built, and install it into an empty project. Types of Node.js lie there as users have them. */
export async function installPacked(): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), 'ionsieve-package-'));
  const answer = await run(ROOT, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', directory);
  const packed = Object.values(JSON.parse(answer) as Record<string, Packed>)[0];
  writeFileSync(join(directory, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  await npm(directory, 'install', packed.filename);
  for (const name of ['@types/node', 'undici-types']) {
    mkdirSync(join(directory, 'node_modules/@types'), { recursive: true });
    cpSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules/typescript'), join(directory, 'typescript'));
  return { directory, packed };
}

/** npm without scripts, and without the network for what it has. */
export function npm(directory: string, ...args: string[]): Promise<string> {
  return run(directory, 'npm', ...args, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
}

/** Type-check files of a project under all strictness, its libraries included, and compile them into `compiled/`. */
export function compile(
  { directory }: Project,
  files: readonly string[],
  resolution: 'nodenext' | 'bundler',
): Promise<string> {
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'];
  const target = ['--target', 'es2023', '--lib', 'es2023', '--types', 'node', '--outDir', 'compiled'];
  const resolved = ['--module', module, '--moduleResolution', resolution];
  return run(
    directory,
    process.execPath,
    'typescript/bin/tsc',
    '--ignoreConfig',
    ...strict,
    ...target,
    ...resolved,
    ...files,
  );
}

/** A file of the installed package. */
export function readInstalled({ directory }: Project, path: string): string {
  return readFileSync(join(directory, 'node_modules/ionsieve', path), 'utf8');
}
