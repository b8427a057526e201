import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomInteger } from '../../shared/random.ts';
import { lithiumChloride } from '../lithium-chloride.ts';
import { randomStudent } from '../random-student.ts';
import { SHIPPED_TEACHER, someLabels } from '../small-labels.ts';
import { filesBelow, IS_SHORT, isPassing, killAfter, random, snapshot, start } from './processes.ts';

const CHUNKS = 24;
const KILLS_IN_A_ROW = 4; // on average, before a run may end
const PHASES = ['start', 'planning', 'chunks', 'merge', 'outputs', 'end'] as const;
type Phase = (typeof PHASES)[number];

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La', 'Ti'];
const STUDENT = ['Li', ...ELEMENTS];

let root: string;
const landed = new Map<string, number>(); // kills by the phase that they fell into

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-crash-'));
  const space = { name: 'middle', mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 6] };
  writeFileSync(join(root, 'middle.json'), JSON.stringify({ ...space, maxCoefficient: 13 }));
  writeFileSync(join(root, 'student.onnx'), randomStudent(STUDENT, 3, { encoder: 64, first: 64, second: 32 }));
  const rows = Array.from(
    { length: 60_000 },
    (_, i) => `Li${1 + (i % 7)}P${1 + (i % 3)}S${1 + (i % 11)}O${1 + (i % 13)}`,
  );
  writeFileSync(join(root, 'list.csv'), `formula\n${rows.join('\n')}\n`);
});
afterAll(() => {
  rmSync(root, { recursive: true });
  process.stdout.write(`kills by phase: ${JSON.stringify(Object.fromEntries(landed))}\n`);
});

/** How far a run is, by its files. */
function phaseOf(out: string): Phase {
  const runs = join(out, 'runs');
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  if (id === undefined) return 'start';
  const run = join(runs, id);
  if (!existsSync(join(run, 'plan', 'run.json'))) return 'planning';
  const chunks = join(run, 'chunks');
  const done = existsSync(chunks) ? readdirSync(chunks).filter((name) => name.endsWith('.bin')).length : 0;
  if (existsSync(join(run, 'receipt.json'))) return 'end';
  if (existsSync(join(run, 'ranking.csv'))) return 'outputs';
  return done < CHUNKS ? 'chunks' : 'merge';
}

interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  readonly kills: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'the small space with committee and labels', args: ['--space', 'small'], kills: IS_SHORT ? 6 : 24 },
  ...(IS_SHORT
    ? []
    : [
        {
          name: 'a middle space',
          args: ['--space', 'middle.json', '--student', 'student.onnx', '--top', '2000'],
          kills: 18,
        },
        {
          name: 'a middle space with bounds',
          args: ['--space', 'middle.json', '--student', 'student.onnx', '--top', '30', '--prune'],
          kills: 8,
        },
        { name: 'a list', args: ['--compositions', 'list.csv', '--student', 'student.onnx'], kills: 8 },
      ]),
];

describe.each(SCENARIOS)('$name', ({ args, kills }) => {
  const command = (out: string): string[] => ['screen', ...args, '--chunks', String(CHUNKS), '--out', out];

  it(`ends in the same bytes after ${kills} kills at random moments`, async () => {
    const reference = join(root, `${args[1]}${args.length}`);
    const { code, stderr, seconds } = await start(root, command(reference)).ended;
    expect(code, stderr).toBe(0);
    const expected = snapshot(reference);
    let out = '';
    for (let kill = 0, inRow = 0; kill < kills; ) {
      if (inRow++ === 0) out = `${reference}-${kill}`;
      const started = start(root, command(out));
      // half of them anywhere in the time that a run takes, half in each phase in turn
      const aimed = PHASES.indexOf(PHASES[1 + (Math.floor(kill / 2) % 4)]);
      const isKilled = await (kill % 2 === 0
        ? killAfter(started, random() * seconds * 1000)
        : killAfter(
            started,
            PHASES[aimed] === 'outputs' ? 0 : random() * 20,
            () => PHASES.indexOf(phaseOf(out)) >= aimed,
          ));
      const phase = phaseOf(out);
      if (isKilled) {
        kill++;
        landed.set(phase, (landed.get(phase) ?? 0) + 1);
      }
      for (const [file, hash] of snapshot(out))
        if (!isPassing(file)) expect([file, hash]).toEqual([file, expected.get(file)]);
      if (phase !== 'end' && kill < kills && randomInteger(random, KILLS_IN_A_ROW) > 0) continue;
      const last = await start(root, command(out)).ended;
      expect(last.code, last.stderr).toBe(0);
      expect(Object.fromEntries(snapshot(out))).toEqual(Object.fromEntries(expected));
      rmSync(out, { recursive: true });
      inRow = 0;
    }
  });
});

// the few kills of the shorter part cannot be asked to
if (!IS_SHORT)
  it('kills fell into every phase', () => {
    for (const phase of PHASES.slice(1, -1)) expect(landed.get(phase) ?? 0, phase).toBeGreaterThan(0);
  });

/** A line of lithium chloride, each with another cell. */
function structure(id: number): string {
  const attributes = lithiumChloride(3, 5.13 + id / 1e4);
  return JSON.stringify({ id: `s${id}`, type: 'structures', attributes });
}

describe('other commands that are killed', () => {
  it('label leaves its files whole or absent, and no other one once it is given again', async () => {
    const ids = Array.from({ length: 1500 }, (_, i) => i);
    writeFileSync(join(root, 'in.jsonl'), `${ids.map(structure).join('\n')}\n`);
    const command = (out: string): string[] => ['label', 'in.jsonl', '--out', `${out}/labels.csv`];
    const reference = await start(root, command('labelled')).ended;
    expect(reference.code, reference.stderr).toBe(0);
    const expected = snapshot(join(root, 'labelled'));
    for (let kill = 0; kill < (IS_SHORT ? 2 : 8); kill++) {
      const started = start(root, command('killed'));
      // half of them while the files are written
      if (kill % 2 === 0) await killAfter(started, random() * reference.seconds * 1000);
      else await killAfter(started, random() * 5, () => filesBelow(join(root, 'killed')).length > 0);
      for (const [file, hash] of snapshot(join(root, 'killed')))
        if (!isPassing(file)) expect([file, hash]).toEqual([file, expected.get(file)]);
      if (kill % 4 < 2) rmSync(join(root, 'killed'), { recursive: true, force: true });
    }
    expect((await start(root, command('killed')).ended).code).toBe(0);
    expect(filesBelow(join(root, 'killed'))).toEqual(['labels.csv', 'labels.skipped.csv']);
    expect(snapshot(join(root, 'killed'))).toEqual(expected);
  });

  it('import ends with every structure once', async () => {
    const [pages, perPage] = [12, 20];
    const server = createServer((request, response) => {
      const page = Number(new URL(request.url ?? '/', 'http://host').searchParams.get('page') ?? 0);
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/structures?page=${page + 1}`;
      const data = Array.from({ length: perPage }, (_, i) => JSON.parse(structure(page * perPage + i)));
      response.setHeader('content-type', 'application/json');
      const more = page + 1 < pages;
      response.end(JSON.stringify({ data, links: { next: more ? base : null }, meta: { more_data_available: more } }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const provider = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const command = (out: string): string[] => [
      ...['import', 'optimade', '--provider', provider],
      ...['--out', `${out}/structures.jsonl`, '--delay', '0.1'],
    ];
    const reference = await start(root, command('fetched')).ended;
    expect(reference.code, reference.stderr).toBe(0);
    for (let kill = 0; kill < (IS_SHORT ? 2 : 8); kill++)
      await killAfter(start(root, command('torn')), (0.3 + 0.5 * random()) * reference.seconds * 1000);
    const last = await start(root, command('torn')).ended;
    expect(last.code, last.stderr).toBe(0);
    server.closeAllConnections();
    server.close();
    expect(filesBelow(join(root, 'torn'))).toEqual(filesBelow(join(root, 'fetched')));
    const file = 'structures.jsonl';
    expect(snapshot(join(root, 'torn')).get(file)).toBe(snapshot(join(root, 'fetched')).get(file));
  });
});

const SMALL_DISTILLATION = fileURLToPath(new URL('./small-distillation.mjs', import.meta.url));

describe.each([
  ['distill', (out: string) => start(root, ['labels.csv', SHIPPED_TEACHER, out], [], SMALL_DISTILLATION)],
  ['committee', (out: string) => start(root, ['committee', '--labels', 'labels.csv', '--out', out, '--workers', '1'])],
])('%s that is killed', (name, train) => {
  it('goes on with the trainings that it kept, to the same bytes', async () => {
    writeFileSync(join(root, 'labels.csv'), await someLabels(({ anion }) => anion === 'Se' || anion === 'Cl'));
    const [whole, killed] = [join(root, name, 'whole'), join(root, name, 'killed')];
    for (const directory of [whole, killed]) mkdirSync(directory, { recursive: true });
    const { code, stderr, seconds } = await train(join(whole, 'm.onnx')).ended;
    expect(code, stderr).toBe(0);
    const expected = snapshot(whole);
    const out = join(killed, 'm.onnx');
    for (let kill = 0; kill < (IS_SHORT ? 1 : 8); kill++) {
      const kept = filesBelow(killed).length;
      // half of them anywhere, half while a training is kept or the files are written
      if (kill % 2 === 0) await killAfter(train(out), random() * seconds * 1000);
      else await killAfter(train(out), random() * 10, () => filesBelow(killed).length > kept);
      for (const [file, hash] of snapshot(killed))
        if (!file.includes('.unfinished/') && !isPassing(file))
          expect([file, hash]).toEqual([file, expected.get(file)]);
      if (kill !== 3) continue;
      rmSync(killed, { recursive: true });
      mkdirSync(killed);
    }
    const kept = filesBelow(killed).filter((file) => file.endsWith('.bin')).length;
    const last = await train(out).ended;
    expect(last.code, last.stderr).toBe(0);
    if (kept > 0) expect(last.stderr).toContain('done before');
    expect(snapshot(killed)).toEqual(expected);
  });
});

describe('two processes on one run', () => {
  const args = ['screen', '--space', 'middle.json', '--student', 'student.onnx', '--chunks', String(CHUNKS)];

  it('one wins, the others say so', async () => {
    const alone = join(root, 'alone');
    expect((await start(root, [...args, '--out', alone]).ended).code).toBe(0);
    const together = join(root, 'together');
    const ended = await Promise.all(Array.from({ length: 4 }, () => start(root, [...args, '--out', together]).ended));
    const losers = ended.filter(({ code }) => code !== 0);
    expect(losers).toHaveLength(3);
    for (const { code, stderr } of losers) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/process \d+ on .* is at work on this run/);
    }
    expect(Object.fromEntries(snapshot(together))).toEqual(Object.fromEntries(snapshot(alone)));
  });

  it.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1, started: '1' }],
    ['of a process whose number another one has now', { pid: process.pid, started: '1' }],
  ])('a lock %s is taken over', async (_, owner) => {
    const out = join(root, `stale-${owner.pid}`);
    await start(root, [...args, '--out', out]).ended;
    const [id] = readdirSync(join(out, 'runs'));
    rmSync(join(out, 'runs', id, 'receipt.json'));
    writeFileSync(join(out, 'runs', id, 'lock'), JSON.stringify({ ...owner, host: hostname() }));
    const { code, stderr } = await start(root, [...args, '--out', out]).ended;
    expect(code, stderr).toBe(0);
    expect(filesBelow(out).filter(isPassing)).toEqual([]);
  });
});
