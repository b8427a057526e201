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

/** Run the built command line in a directory, with the environment of this process. */
export function runCli(directory: string, ...args: string[]): Promise<Ended> {
  return runCliWith(process.env, directory, ...args);
}

/** The same with an environment of its own. */
export function runCliWith(env: NodeJS.ProcessEnv, directory: string, ...args: string[]): Promise<Ended> {
  return runMain(MAIN, env, directory, ...args);
}

/** The same of another installation. @param main its script */
export async function runMain(
  main: string,
  env: NodeJS.ProcessEnv,
  directory: string,
  ...args: string[]
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd: directory, env });
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
