import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../../shared/errors.ts';
import { isDirectory } from '../../shared/io/store/files.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { describeError, printJson } from '../terminal/output.ts';
import { detail } from '../terminal/terminal.ts';
import { ContainedStore } from './contained-store.ts';
import { answerRequest } from './serve-request.ts';

interface ServeOptions {
  readonly port: number;
  readonly json?: boolean;
}

const HOST = '127.0.0.1'; // nobody else on the network sees the runs

/** `serve DIR`: look at runs and compare them in a browser of this machine. */
export async function runServe(directory: string, { port, json }: ServeOptions): Promise<void> {
  if (!(await isDirectory(directory)))
    throw new InputError('this is no directory', { file: directory }, 'Name the directory of `screen --out`.');
  const store = new ContainedStore(directory);
  const server = createServer((request, response) => void respond(store, server, request, response));
  await interruptible('stopped', async (signal) => {
    const url = `http://${HOST}:${await listen(server, port)}/`;
    if (json) printJson({ url, directory: store.location });
    else process.stdout.write(`runs of ${store.location}: ${url}\nCtrl-C ends it\n`);
    try {
      await Promise.race([once(server, 'close'), stopOf(signal)]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
}

/** @returns the port */
async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const place = { column: '--port' };
    throw new InputError(`port ${port} cannot be used (${code})`, place, 'Give another port, or 0 for any free one.');
  }
  return portOf(server);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stopOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

async function respond(
  store: ContainedStore,
  server: Server,
  { method, url, headers: { host } }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { status, headers, body } = await answerRequest(store, portOf(server), { method, target: url, host });
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
    detail(`${method} ${url} ${status}`);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end('The server failed; its terminal says why.\n');
  }
}
