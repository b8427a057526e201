import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { packagePath } from '../local/shipped/package-root.ts';
import type { Usage } from './usage-hook.ts';

/** A process that ended well. */
export interface MeasuredProcess extends Usage {
  readonly seconds: number; // from its start to its end
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Run a module in a process of its own.
 *
 * @param script compiled module
 * @throws {Error} with what it wrote if it fails
 */
export async function runMeasured(script: string, args: readonly string[]): Promise<MeasuredProcess> {
  const hook = pathToFileURL(packagePath('dist/bench/usage-hook.js')).href;
  const begin = performance.now();
  const child = spawn(process.execPath, ['--import', hook, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'], // the last one is for the hook
  });
  const [, stdoutOf, stderrOf, usageOf] = child.stdio as unknown as NodeJS.ReadableStream[]; // three pipes, as asked
  const output = Promise.all([stdoutOf, stderrOf, usageOf].map((stream) => text(stream)));
  const [code] = (await once(child, 'exit')) as [number | null];
  const seconds = (performance.now() - begin) / 1000;
  const [stdout, stderr, usage] = await output;
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return { seconds, stdout, stderr, ...(JSON.parse(usage) as Usage) };
}
