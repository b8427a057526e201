import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, type Random } from '../../shared/random.ts';
import { SEED } from './seed.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export const IS_SHORT = process.env.IONSIEVE_FAULTS === 'short';
export const random: Random = createRandom(SEED);

/** A command under way. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string; readonly seconds: number }>;
}

/**
 * Start the built command line in a directory.
 *
 * @param before words before it, such as those of `prlimit`
 * @param main another program than the command line
 */
export function start(
  directory: string,
  args: readonly string[],
  before: readonly string[] = [],
  main: string = MAIN,
): Started {
  const [program, ...words] = [...before, process.execPath, main, ...args];
  const child = spawn(program, words, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const began = performance.now();
  const ended = once(child, 'close').then(([code]) => ({ code, stderr, seconds: (performance.now() - began) / 1000 }));
  return { child, ended };
}

export async function pause(ms: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, ms));
}

/**
 * Kill a command some time after something is so, or after its start.
 *
 * @returns false if it had ended before
 */
export async function killAfter({ child, ended }: Started, ms: number, when?: () => boolean): Promise<boolean> {
  while (when !== undefined && child.exitCode === null && !when()) await pause(1);
  await Promise.race([pause(ms), ended]);
  const isKilled = child.exitCode === null && child.kill('SIGKILL');
  await ended;
  return isKilled;
}

/** SHA-256 of every file below a directory, by its path there. */
export function snapshot(directory: string): Map<string, string> {
  return new Map(
    filesBelow(directory).map((file) => {
      const hash = createHash('sha256').update(readFileSync(join(directory, file)));
      return [file, hash.digest('hex')];
    }),
  );
}

/** Paths of the files below a directory, relative to it, sorted. */
export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** Files that are there only while a process is at work. */
export function isPassing(file: string): boolean {
  return file.endsWith('.partial') || /(^|\/|\.)lock$/.test(file);
}
