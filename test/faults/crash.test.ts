import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomInteger } from '../../shared/random.ts';
import { randomStudent } from '../random-student.ts';
import { filesBelow, IS_SHORT, isPassing, killAfter, random, snapshot, start } from './processes.ts';

const CHUNKS = 24;
const KILLS_IN_A_ROW = 4; // at most, before a run may end
const PHASES = ['start', 'planning', 'chunks', 'merge', 'outputs', 'end'] as const;
type Phase = (typeof PHASES)[number];

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];
const STUDENT = ['Li', ...ELEMENTS];

let root: string;
const landed = new Map<string, number>(); // kills by the phase that they fell into

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-crash-'));
  const space = { name: 'middle', mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 6] };
  writeFileSync(join(root, 'middle.json'), JSON.stringify({ ...space, maxCoefficient: 11 }));
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
    for (let kill = 0, inRow = 0; kill < kills; kill++, inRow++) {
      if (inRow === 0) out = `${reference}-${kill}`;
      const started = start(root, command(out));
      // half of them anywhere in the time that a run takes, half in each phase in turn
      if (kill % 2 === 0) await killAfter(started, random() * seconds * 1000);
      else {
        const phase = PHASES.indexOf(PHASES[1 + (Math.floor(kill / 2) % 4)]);
        await killAfter(started, random() * 20, () => PHASES.indexOf(phaseOf(out)) >= phase);
      }
      const phase = phaseOf(out);
      landed.set(phase, (landed.get(phase) ?? 0) + 1);
      for (const [file, hash] of snapshot(out))
        if (!isPassing(file)) expect([file, hash]).toEqual([file, expected.get(file)]);
      if (kill + 1 < kills && randomInteger(random, KILLS_IN_A_ROW) > 0) continue;
      const last = await start(root, command(out)).ended;
      expect(last.code, last.stderr).toBe(0);
      expect(Object.fromEntries(snapshot(out))).toEqual(Object.fromEntries(expected));
      rmSync(out, { recursive: true });
      inRow = -1;
    }
  });
});

it.skipIf(IS_SHORT)('kills fell into every phase', () => {
  for (const phase of PHASES.slice(1, -1)) expect(landed.get(phase) ?? 0, phase).toBeGreaterThan(0);
});

describe('two processes on one run', () => {
  const args = ['screen', '--space', 'middle.json', '--student', 'student.onnx', '--chunks', String(CHUNKS)];

  it('one wins, the others say so', async () => {
    const alone = join(root, 'alone');
    expect((await start(root, [...args, '--out', alone]).ended).code).toBe(0);
    const together = join(root, 'together');
    const ended = await Promise.all(Array.from({ length: 4 }, () => start(root, [...args, '--out', together]).ended));
    const losers = ended.filter(({ code }) => code !== 0);
    expect(losers.length).toBeLessThan(4);
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
    const { hostname } = await import('node:os');
    writeFileSync(join(out, 'runs', id, 'lock'), JSON.stringify({ ...owner, host: hostname() }));
    const { code, stderr } = await start(root, [...args, '--out', out]).ended;
    expect(code, stderr).toBe(0);
    expect(filesBelow(out).filter(isPassing)).toEqual([]);
  });
});
