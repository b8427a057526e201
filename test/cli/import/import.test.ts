import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTRIES } from '../../import/optimade-import.ts';
import { answerIf, type OptimadeServer, serveOptimade } from '../../import/optimade-server.ts';
import { type Ended, runCli } from '../../run-cli.ts';
import { sharedData } from '../../shared-data.ts';

const COMPUTED = sharedData('mp-li.optimade.jsonl.gz');
const OBELIX = sharedData('obelix-train');
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

let directory: string;
let server: OptimadeServer;
const path = (name: string): string => join(directory, name);
const text = (name: string): string => readFileSync(path(name), 'utf8');

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
  server = await serveOptimade(ENTRIES);
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

describe('import optimade', () => {
  const fetchAll = (...options: string[]): string[] => {
    const paging = ['--provider', server.origin, '--page-limit', '3', '--delay', '0'];
    return ['import', 'optimade', ...paging, '--out', 'out.jsonl.gz', ...options];
  };
  const run = (...options: string[]): Promise<Ended> => runCli(directory, ...fetchAll(...options));

  it('fetches, says how much and how fast, and prints the manifest as JSON', async () => {
    const { code, stdout, stderr } = await run('--ion', 'Na', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, JSON.parse(text('out.jsonl.gz.manifest.json'))]);
    expect(JSON.parse(stdout)).toMatchObject({ structures: 10, filter: 'elements HAS "Na"' });
    expect(stderr).toMatch(/^fetched 10 structures in [\d.]+ s: [\d,]+\/s\n$/);
    expect(readdirSync(directory).sort()).toEqual(['out.jsonl.gz', 'out.jsonl.gz.manifest.json']);
  });

  it('goes on after the process was killed, to the same bytes', async () => {
    await runCli(directory, ...fetchAll('--out', 'whole.jsonl.gz'));
    const asked = server.requests.length;
    const child = spawn(process.execPath, [MAIN, ...fetchAll()], { cwd: directory, stdio: 'ignore' });
    server.interfere = answerIf(
      (n) => n === asked + 3,
      () => child.kill('SIGKILL'),
    );
    await once(child, 'close');
    expect(existsSync(path('out.jsonl.gz'))).toBe(false);
    const { code, stdout, stderr } = await run();
    expect([code, stdout.split('\n')[0]]).toEqual([0, '10 structures of Example in out.jsonl.gz']);
    expect(stderr).toContain('going on after 6 structures (2 pages)\nfetched 4 structures');
    expect(readFileSync(path('out.jsonl.gz'))).toEqual(readFileSync(path('whole.jsonl.gz')));
  });

  it('ends with code 130 on Ctrl-C and says how to go on', async () => {
    const child = spawn(process.execPath, [MAIN, ...fetchAll()], { cwd: directory });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    server.interfere = answerIf(
      (n) => n === 2,
      () => child.kill('SIGINT'),
    );
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(stderr).toContain('stopped; what was fetched is kept: give the same command again to go on');
    expect(readdirSync(directory).sort()).toEqual(['out.jsonl.gz.cursor.json', 'out.jsonl.gz.partial']);
  });

  it('ends with code 2 where the provider has a fault, and says what it tries again', async () => {
    server.interfere = answerIf(
      () => true,
      (response) => response.writeHead(503, { 'retry-after': '0' }).end('<html>'),
    );
    const { code, stderr } = await run('--retries', '1');
    expect([code, stderr]).toEqual([
      2,
      `the server answered 503: trying again in 0 s\nerror: ${server.origin}/v1/structures: answered 503 (tried 2 times). The server has a fault of its own: try again later.\n`,
    ]);
  });

  it.each([
    [['--out', 'a.csv'], 'a.csv: is no name for OPTIMADE JSON Lines'],
    [['--ion', 'Xx'], '--ion "Xx" is no element'],
    [['--filter', ' '], '--filter is empty'],
    [
      ['--filter', 'nelements=2', '--ion', 'Na'],
      "option '--filter <text>' cannot be used with option '--ion <element>'",
    ],
    [['--provider', 'nobody'], 'provider "nobody" is not known'],
    [['--timeout', '0'], 'Give more than 0 seconds'],
  ])('refuses %j before it asks anybody', async (options, message) => {
    const { code, stderr } = await run(...options);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect([server.requests.length, readdirSync(directory)]).toEqual([0, []]);
  });

  it.skipIf(!COMPUTED)('brings structures that label as the original lines do', async () => {
    const all = gunzipSync(readFileSync(COMPUTED as string))
      .toString()
      .trimEnd()
      .split('\n');
    const lines = all.filter((_, i) => i % 80 === 0);
    writeFileSync(path('original.jsonl'), lines.map((line) => `${line}\n`).join(''));
    server.entries = lines.map((line) => JSON.parse(line));
    expect((await run('--page-limit', '50')).code).toBe(0);
    expect((await runCli(directory, 'label', 'original.jsonl', '--out', 'original.csv')).code).toBe(0);
    expect((await runCli(directory, 'label', 'out.jsonl.gz', '--out', 'imported.csv')).code).toBe(0);
    expect(text('imported.csv')).toBe(text('original.csv'));
    expect(text('imported.csv').split('\n').length).toBeGreaterThan(250);
    expect(text('imported.skipped.csv')).toBe(text('original.skipped.csv'));
  });
});

describe('import obelix', () => {
  const TABLE =
    'ID,Reduced Composition,Ionic conductivity (S cm-1),Family,DOI,Cif ID\n' +
    'aaa,Li3PS4,2e-4,LISICON,10.1/a,done\nbbb,Li2S,<1E-8,,,done\nccc,Li4SiO4,oops,,,\n';

  function writeSource(): void {
    mkdirSync(path('data/train_cifs'), { recursive: true });
    writeFileSync(path('data/train.csv'), TABLE);
    for (const id of ['aaa', 'zzz']) writeFileSync(path(`data/train_cifs/${id}.cif`), `data_${id}\n`);
  }

  /** What was written, and which structures were told to be missing or left out. */
  function expectImported({ code, stdout, stderr }: Ended): void {
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^2 measurements in out.measurements\.csv, 1 structures in out.cifs\n1 structures that the table names are not there\n1 structures left out: no measurement has their id\n/,
    );
    expect(stderr).toMatch(
      /^skipped: .*train\.csv:4:Ionic conductivity \(S cm-1\): conductivity "oops" is no positive number/,
    );
    expect(text('out/measurements.csv')).toBe(
      'id,formula,conductivity_S_per_cm,family,doi\naaa,Li3PS4,2e-4,LISICON,10.1/a\nbbb,Li2S,<1E-8,,\n',
    );
    expect([readdirSync(path('out/cifs')), text('out/cifs/aaa.cif')]).toEqual([['aaa.cif'], 'data_aaa\n']);
    expect(JSON.parse(text('out/manifest.json'))).toMatchObject({
      measurements: 2,
      structures: 1,
      licence: 'CC BY 4.0',
    });
  }

  it('takes a folder, or a table with the CIF files beside it', async () => {
    writeSource();
    expectImported(await runCli(directory, 'import', 'obelix', 'data', '--out', 'out'));
    expectImported(await runCli(directory, 'import', 'obelix', 'data/train.csv', '--out', 'out'));
  });

  it('takes addresses of table and archive', async () => {
    writeSource();
    execFileSync('tar', ['-czf', path('data/train_cifs.tar.gz'), '-C', path('data'), 'train_cifs']);
    const files = createServer(({ url }, response) => {
      const name = path(`data${url}`);
      if (existsSync(name)) response.end(readFileSync(name));
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    try {
      expectImported(await runCli(directory, 'import', 'obelix', origin, '--out', 'out', '--delay', '0'));
      const { code, stderr } = await runCli(directory, 'import', 'obelix', origin, '--out', 'x', '--split', 'test');
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`${origin}/test.csv: is not there (404). Give the address of`),
      ]);
    } finally {
      files.close();
    }
  });

  it('refuses a directory with other structures, or a source that is none', async () => {
    writeSource();
    mkdirSync(path('out/cifs'), { recursive: true });
    writeFileSync(path('out/cifs/other.cif'), '');
    const refused = await runCli(directory, 'import', 'obelix', 'data', '--out', 'out');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/other\.cif: is not of this import/)]);
    expect(readdirSync(path('out'))).toEqual(['cifs']);
    const missing = await runCli(directory, 'import', 'obelix', 'nowhere', '--out', 'new');
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('nowhere: cannot be accessed (ENOENT)'),
    ]);
  });

  it.skipIf(!OBELIX)('brings all that `teacher fit` needs', async () => {
    expect((await runCli(directory, 'import', 'obelix', OBELIX as string, '--out', 'out')).code).toBe(0);
    const rows = text('out/measurements.csv').split('\n').slice(0, 41).join('\n'); // for a fit that does not take long
    writeFileSync(path('some.csv'), rows);
    const inputs = ['--structures', 'out/cifs', '--conductivities', 'some.csv'];
    const { code, stdout } = await runCli(directory, 'teacher', 'fit', ...inputs, '--out', 'teacher.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('31 compounds (31 structures), 2 with at least')]);
  });
});
