import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeAdvisories, parseAudit, parseWaivers } from '../../supply-chain/advisories.ts';

const CHECK = fileURLToPath(new URL('../../dist/supply-chain/check-advisories.js', import.meta.url));
const TODAY = '2026-11-22';
const recursion = { id: 'GHSA-685m-2w69-288q', package: 'decoder', severity: 'high', title: 'Unbounded recursion' };
const waiver = { id: recursion.id, package: 'decoder', why: 'decodes our own files alone', until: '2027-01-31' };

describe('waivers', () => {
  it('hold through their last day, for one advisory of one package', () => {
    expect(judgeAdvisories([recursion], [waiver], '2027-01-31')).toEqual({
      open: [],
      waived: [recursion],
      expired: [],
      idle: [],
    });
    const late = judgeAdvisories([recursion], [waiver], '2027-02-01');
    expect(late).toEqual({ open: [recursion], waived: [], expired: [waiver], idle: [] });
    const other = { ...waiver, package: 'encoder' };
    expect(judgeAdvisories([recursion], [other], TODAY)).toEqual({
      open: [recursion],
      waived: [],
      expired: [],
      idle: [other],
    });
  });

  it('that are not needed any more are told, and fail when they expire', () => {
    expect(judgeAdvisories([], [waiver], TODAY).idle).toEqual([waiver]);
    expect(judgeAdvisories([], [waiver], '2027-02-01').expired).toEqual([waiver]);
  });

  it.each([
    ['no reason', { why: ' ' }, 'waivers.json: waiver 1 (GHSA-685m-2w69-288q) has no why. Every waiver says'],
    ['no end', { until: undefined }, 'has no until'],
    ['no day as their end', { until: '2027-02-30' }, 'holds until "2027-02-30", which is no day'],
    ['an end too far', { until: '2027-05-22' }, 'holds until 2027-05-22. Look at it again by 2027-05-21'],
  ])('are refused with %s', (_, change, message) => {
    const file = JSON.stringify([{ ...waiver, ...change }]);
    expect(() => parseWaivers(file, 'waivers.json', TODAY)).toThrow(message);
  });

  it('are a list in JSON', () => {
    expect(parseWaivers(JSON.stringify([waiver]), 'w', TODAY)).toEqual([waiver]);
    expect(() => parseWaivers('{}', 'w', TODAY)).toThrow('w: is no list');
    expect(() => parseWaivers('[', 'w', TODAY)).toThrow('w: is no JSON');
  });

  it('refuse a report that they do not know', () => {
    expect(() => parseAudit('{"advisories":{}}', 'npm audit')).toThrow('npm audit: is no report of version 2');
  });
});

describe('check:advisories, by npm itself over a registry on this machine', () => {
  let folder: string;
  let registry: Server;
  let answer: readonly [status: number, body: object];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ionsieve-advisories-'));
    const direct = { reader: '1.0.0', decoder: '1.0.0' };
    const packages = {
      '': { name: 'project', version: '1.0.0', dependencies: direct },
      'node_modules/reader': { version: '1.0.0', dependencies: { decoder: '^1.0.0' } },
      'node_modules/decoder': { version: '1.0.0' },
    };
    await write('package.json', { name: 'project', version: '1.0.0', dependencies: direct });
    await write('package-lock.json', { name: 'project', version: '1.0.0', lockfileVersion: 3, packages });
    registry = createServer((request, response) => {
      const [status, body] = request.method === 'POST' ? answer : [404, {}];
      request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
  });
  afterAll(async () => {
    registry.close();
    await rm(folder, { recursive: true });
  });

  const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));

  /** Standard output and exit code. */
  function check(): Promise<[stdout: string, code: number]> {
    const { port } = registry.address() as AddressInfo;
    const settings = { npm_config_registry: `http://127.0.0.1:${port}`, npm_config_fetch_retries: '0' };
    const env = { ...process.env, ...settings, npm_config_cache: join(folder, 'cache') };
    return new Promise((resolve) => {
      execFile(process.execPath, [CHECK, folder], { env }, (error, stdout) =>
        resolve([stdout, typeof error?.code === 'number' ? error.code : 0]),
      );
    });
  }

  const bulk = {
    decoder: [
      {
        id: 1_119_001,
        url: `https://github.com/advisories/${recursion.id}`,
        title: recursion.title,
        severity: 'high',
        vulnerable_versions: '<1.0.1',
        cwe: ['CWE-674'],
        cvss: { score: 7.5, vectorString: null },
      },
    ],
  };
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

  it('passes where nothing is known', async () => {
    answer = [200, {}];
    await write('waivers.json', []);
    expect(await check()).toEqual(['0 advisories open, 0 waived, 0 waivers expired\n', 0]);
  });

  it('fails on an advisory, named once though two packages are affected', async () => {
    answer = [200, bulk];
    const line = 'open: decoder: GHSA-685m-2w69-288q, high: Unbounded recursion\n';
    expect(await check()).toEqual([`${line}1 advisories open, 0 waived, 0 waivers expired\n`, 1]);
  });

  it('passes on one that is waived, and fails when the waiver has expired', async () => {
    await write('waivers.json', [{ ...waiver, until: soon }]);
    expect(await check()).toEqual(['0 advisories open, 1 waived, 0 waivers expired\n', 0]);
    await write('waivers.json', [{ ...waiver, until: '2026-01-01' }]);
    const [stdout, code] = await check();
    expect(stdout).toContain('expired on 2026-01-01: waiver of GHSA-685m-2w69-288q for decoder\n');
    expect(code).toBe(1);
  });

  it('fails on a waiver without a reason', async () => {
    await write('waivers.json', [{ ...waiver, until: soon, why: '' }]);
    expect(await check()).toEqual([expect.stringContaining('(GHSA-685m-2w69-288q) has no why'), 1]);
  });

  it('says so, by an exit code of its own, where the registry has no advisories to ask for', async () => {
    answer = [405, { error: 'Method Not Allowed' }];
    expect(await check()).toEqual([expect.stringContaining('nothing is known of them: 405 Method Not Allowed'), 3]);
  });
});
