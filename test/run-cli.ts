import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run the built command line in a directory. */
export async function runCli(directory: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: directory });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    text.stdout += data;
  });
  child.stderr.on('data', (data) => {
    text.stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, ...text };
}
