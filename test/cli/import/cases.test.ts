import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, runCliWith } from '../../run-cli.ts';
import { sharedCase } from '../../shared-data.ts';

const PROVIDER = sharedCase('env/fake-optimade.mjs');
const PROXY = sharedCase('env/fake-proxy.mjs');
const PROXY_PORT = 38472; // as the script has it

const [major, minor] = process.versions.node.split('.').map(Number);
const hasProxies = major >= 24 || (major === 22 && minor >= 21);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Without the proxies of whoever runs the tests. */
const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, ALL_PROXY, all_proxy, NODE_USE_ENV_PROXY, ...ENV } =
  process.env;

function importFrom(provider: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = ['--provider', provider, '--out', 'out.jsonl', '--delay', '0', '--retries', '0'];
  return runCliWith({ ...ENV, ...env }, directory, 'import', 'optimade', ...options);
}

/** Run a script that listens on a port of 127.0.0.1. */
async function listening(script: string, port: number, argument: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, argument], { stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return child;
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
}

describe('the cases of providers', () => {
  let provider: ChildProcess | undefined;
  let origin: string;
  beforeAll(async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    origin = `http://127.0.0.1:${port}`;
    if (PROVIDER !== undefined) provider = await listening(PROVIDER, port, String(port));
  });
  afterAll(() => void provider?.kill());

  it.skipIf(!PROVIDER)('imp-nofields brings every structure with its positions', async () => {
    expect((await importFrom(`${origin}/nofields`)).code).toBe(0);
    const [, ...lines] = readFileSync(join(directory, 'out.jsonl'), 'utf8').trimEnd().split('\n');
    const positions = lines.map((line) => JSON.parse(line).attributes.cartesian_site_positions.length);
    expect(positions).toEqual([2, 2, 2]);
  });

  it.skipIf(!PROVIDER)('imp-nextpage ends with code 2', async () => {
    const { code, stderr } = await importFrom(`${origin}/nextpage`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('page 1 names no next page')]);
  });

  it.skipIf(!PROVIDER)('imp-nan says NaN, and is not tried again', async () => {
    const { code, stderr } = await importFrom(`${origin}/nan`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('page 1 is no valid JSON (NaN is no number in JSON')]);
    expect(stderr).not.toContain('tried');
  });
});

describe('the cases of proxies', () => {
  const env = { HTTPS_PROXY: `http://127.0.0.1:${PROXY_PORT}`, NODE_USE_ENV_PROXY: '1' };

  it.skipIf(!PROXY).each([407, 502])('proxy: one that answers %i is named, if Node.js uses it', async (status) => {
    const proxy = await listening(PROXY as string, PROXY_PORT, String(status));
    try {
      const { code, stderr } = await importFrom('https://ionsieve.invalid', env);
      const says = hasProxies
        ? `https://ionsieve.invalid/v1/structures: is behind a proxy that refused the connection (${status})`
        : 'does not go through proxies: use 22.21, 24';
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    } finally {
      proxy.kill();
      await once(proxy, 'close');
    }
  });

  it('proxy20: one that is set and not used is told', async () => {
    const { code, stderr } = await importFrom('https://ionsieve.invalid', { HTTPS_PROXY: env.HTTPS_PROXY });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/HTTPS_PROXY is set.*NODE_USE_ENV_PROXY=1/)]);
  });
});
