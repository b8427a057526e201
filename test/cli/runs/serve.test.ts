import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../../random-student.ts';
import { runCli } from '../../run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const ELEMENTS = ['O', 'P', 'S', 'Cl'];
const SPACE = { mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [2, 3], maxCoefficient: 6 };

let scratch: string;
let child: ChildProcess;
let port: number;
const ids: string[] = []; // of two runs

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ionsieve-serve-'));
  await writeFile(join(scratch, 'space.json'), JSON.stringify({ name: 'tiny', ...SPACE }));
  await writeFile(join(scratch, 'student.onnx'), randomStudent(['Li', ...ELEMENTS], 3));
  for (const top of ['20', '10']) {
    const { stdout } = await runCli(
      scratch,
      ...['screen', '--space', 'space.json', '--student', 'student.onnx', '--top', top, '--json'],
    );
    ids.push((JSON.parse(stdout) as { runId: string }).runId);
  }
  await damage(join(scratch, 'out', 'runs'));
  child = spawn(process.execPath, [MAIN, 'serve', 'out', '--port', '0', '--json'], { cwd: scratch });
  const [told] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  port = Number(new URL((JSON.parse(String(told)) as { url: string }).url).port);
});
afterAll(async () => {
  child.kill('SIGKILL');
  await rm(scratch, { recursive: true });
});

/** Beside two good runs: one without outputs, one that describes another, and links that lead out. */
async function damage(runs: string): Promise<void> {
  const [first] = ids;
  await mkdir(join(runs, 'aaaaaaaaaaaaaaaaaaaa', 'plan'), { recursive: true });
  await cp(join(runs, first, 'plan', 'run.json'), join(runs, 'aaaaaaaaaaaaaaaaaaaa', 'plan', 'run.json'));
  await writeFile(join(scratch, 'secret.json'), '"secret"');
  await symlink(scratch, join(runs, 'bbbbbbbbbbbbbbbbbbbb'));
  await mkdir(join(runs, 'cccccccccccccccccccc'));
  await symlink(join(scratch, 'secret.json'), join(runs, 'cccccccccccccccccccc', 'summary.json'));
  await writeFile(join(runs, first, 'notes.txt'), 'not an output');
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Ask as it stands: nothing is normalized on the way. */
function ask(path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers: { host } }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
    });
    sent.on('error', reject).end();
  });
}

describe('serve', () => {
  it('lists runs with source, student, counts, best formula and outputs, and says what it cannot show', async () => {
    const { status, text, headers } = await ask('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const summary = JSON.parse(await readFile(join(scratch, 'out/runs', ids[0], 'summary.json'), 'utf8'));
    for (const part of ['2 runs are kept', 'tiny', 'student.onnx', 'complete', 'ranking.csv', 'ranking.parquet'])
      expect(text).toContain(part);
    expect(text).toContain(`<td>${summary.screened}</td>`);
    expect(text).toContain(summary.top[0].formula.replaceAll(/\d+/g, '<sub>$&</sub>'));
    expect(text).toContain('this directory belongs to another run');
    expect(text).not.toContain('secret');
    for (const id of ids) expect(text).toContain(`href="runs/${id}/report.html"`);
  });

  it.each([
    ['report.html', 'text/html; charset=utf-8'],
    ['ranking.csv', 'text/csv; charset=utf-8'],
    ['summary.json', 'application/json; charset=utf-8'],
  ])('gives %s as %s, as it is', async (file, type) => {
    const { status, headers, text } = await ask(`/runs/${ids[0]}/${file}`);
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, type, 'nosniff']);
    expect(text).toBe(await readFile(join(scratch, 'out/runs', ids[0], file), 'utf8'));
  });

  it('compares two runs by the page of compare', async () => {
    const { status, text } = await ask(`/compare?before=${ids[0]}&after=${ids[1]}`);
    expect(status).toBe(200);
    expect(text).toContain('What changed between two rankings');
    expect(text).toContain('<th scope="row">option top</th><td>20</td><td>10</td>');
  });

  it.each([
    '',
    '?before=aaaaaaaaaaaaaaaaaaaa',
    '?before=aaaaaaaaaaaaaaaaaaaa&after=aaaaaaaaaaaaaaaaaaaa',
    '?before=../x&after=aaaaaaaaaaaaaaaaaaaa',
    '?before=%00&after=1',
  ])('refuses to compare %j', async (query) => expect((await ask(`/compare${query}`)).status).toBe(400));

  it('says why a run cannot be compared', async () => {
    const { status, text } = await ask(`/compare?before=${ids[0]}&after=aaaaaaaaaaaaaaaaaaaa`);
    expect(status).toBe(409);
    expect(text).toContain('it is missing');
  });

  it('allows pages nothing but their own style, whatever they contain', async () => {
    for (const path of ['/', `/compare?before=${ids[0]}&after=${ids[1]}`, '/nothing']) {
      const policy = String((await ask(path)).headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toMatch(/style-src 'sha256-/);
      expect(policy).not.toMatch(/script-src|unsafe/);
    }
    const report = String((await ask(`/runs/${ids[0]}/report.html`)).headers['content-security-policy']);
    expect(report).toContain("default-src 'none'");
    expect(report).toContain("form-action 'none'");
  });

  it('answers HEAD without a body', async () => {
    const [head, get] = [await ask('/', { method: 'HEAD' }), await ask('/')];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });
});

describe('serve refuses', () => {
  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s', async (method) => {
    const { status, headers } = await ask('/', { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1.evil.example', 'localhost', '[::1]:80'])(
    'a request for the host %j, as of a page whose name was made to lead here',
    async (host) => {
      const { status, text } = await ask('/', { host });
      expect(status).not.toBe(200);
      expect(text).not.toContain('tiny');
    },
  );

  it.each([
    '/runs/../../secret.json',
    '/runs/%2e%2e/%2e%2e/secret.json',
    '/runs/..%2f..%2fsecret.json',
    '/%2e%2e/secret.json',
    '//secret.json',
    '/runs/RUN/plan/run.json',
    '/runs/RUN/plan%2frun.json',
    '/runs/RUN/notes.txt',
    '/runs/RUN/..%5c..%5csecret.json',
    '/runs/RUN/summary.json%00.html',
    '/runs/RUN/summary.json/',
    '/runs/RUN/%73ummary.json',
    '/runs/RUN/constructor',
    '/runs/bbbbbbbbbbbbbbbbbbbb/secret.json', // a link to a folder outside
    '/runs/cccccccccccccccccccc/summary.json', // a link to a file outside
    '/runs/',
    '/space.json',
    'http://evil.example/secret.json',
  ])('%s', async (path) => {
    const { status, text } = await ask(path.replace('RUN', ids[0]));
    expect(status).toBe(404);
    expect(text).not.toContain('"secret"');
  });

  it('what is no HTTP, and goes on', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.resume().on('error', () => undefined);
    socket.end('\u0000\u0001 nonsense\r\n\r\n');
    await once(socket, 'close');
    expect((await ask('/')).status).toBe(200);
  });

  it('a port that is in use, and a directory that is none, by exit code 2', async () => {
    const taken = await runCli(scratch, 'serve', 'out', '--port', String(port));
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain(`port ${port} cannot be used (EADDRINUSE)`);
    expect((await runCli(scratch, 'serve', 'nowhere')).stderr).toContain('nowhere: cannot be accessed (ENOENT)');
    expect((await runCli(scratch, 'serve', 'space.json')).stderr).toContain('this is no directory');
  });
});

it('serve ends on Ctrl-C with exit code 130, even while a browser keeps its connection open', async () => {
  const open = connect(port, '127.0.0.1');
  open.on('error', () => undefined);
  await once(open, 'connect');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  open.destroy();
  expect(code).toBe(130);
});
