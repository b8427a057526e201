import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A running moto server. */
export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('moto-server.py', import.meta.url));

/**
 * Start moto, an independent implementation of the AWS services, on the loopback address. Step Functions executes state
 * machines and calls the other services through `callbackPort`, so that something there can answer for Lambda.
 */
export async function startMoto(python: string, callbackPort: number): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(python, [SERVER, '-H', '127.0.0.1', '-p', String(port)], {
    env: { PATH: process.env.PATH, MOTO_PORT: String(callbackPort), AWS_DEFAULT_REGION: 'us-east-1' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaints = '';
  server.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + text).slice(-20_000);
  });
  await untilAnswers(server, url, () => complaints);
  return { url, stop: () => stop(server) };
}

/** Have moto execute state machines, not only keep them. Those that it has kept so far are no longer seen. */
export async function executeStateMachines({ url }: Moto): Promise<void> {
  const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
  await fetch(`${url}/moto-api/config`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function untilAnswers(server: ChildProcess, url: string, complaints: () => string): Promise<void> {
  for (let wait = 0; wait < 600; wait++) {
    if (server.exitCode !== null) throw new Error(`moto ended with ${server.exitCode}: ${complaints()}`);
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`moto did not start within a minute: ${complaints()}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL'); // it keeps nothing, and its interpreter threads would not end by themselves
  await ended;
}
