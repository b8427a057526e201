import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { randomInteger } from '../../shared/random.ts';
import { type VerifyWatch, verifyRun } from '../../shared/verify/verify-run.ts';
import { filesBelow, IS_SHORT, random, start } from './processes.ts';

const LIST = Array.from({ length: 300 }, (_, i) => `Li${1 + (i % 7)}P${1 + (i % 3)}S${1 + (i % 11)}O${1 + (i % 13)}`);
const RUNS: readonly (readonly string[])[] = [
  ['--space', 'small', '--top', '40'],
  ['--compositions', 'list.csv', '--top', '30'],
  ...(IS_SHORT
    ? []
    : [
        ['--space', 'small', '--top', '40', '--student', 'measured'], // compared with the first
        ['--space', 'small', '--top', '30', '--prune'],
      ]),
];
const SCREENED_AGAIN = IS_SHORT ? 2 : 8; // damaged runs of each

type Damage = readonly [what: string, damage: (bytes: Buffer) => Buffer];

const FLIP: Damage = ['a bit flipped', flipBit];
const DAMAGES: readonly Damage[] = IS_SHORT
  ? [FLIP]
  : [
      ...[FLIP, FLIP, FLIP],
      ['cut off', (bytes) => bytes.subarray(0, randomInteger(random, bytes.length))],
      ['a line appended', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])],
    ];

let root: string;
const runs: string[] = []; // ids, in the order of RUNS
let verified = 0; // damaged runs

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-damage-'));
  writeFileSync(join(root, 'list.csv'), `formula\n${LIST.join('\n')}\nno formula\n`);
  for (const args of RUNS) {
    const { code, stderr } = await start(root, ['screen', ...args]).ended;
    expect(code, stderr).toBe(0);
    runs.push(...readdirSync(join(root, 'out', 'runs')).filter((id) => !runs.includes(id)));
  }
});
afterAll(() => {
  rmSync(root, { recursive: true });
  process.stdout.write(`damaged runs verified: ${verified}, screened again: ${RUNS.length * SCREENED_AGAIN}\n`);
});

function flipBit(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[randomInteger(random, flipped.length)] ^= 1 << randomInteger(random, 8);
  return flipped;
}

/** The files of a run, and their bytes. */
function filesOf(run: number): Map<string, Buffer> {
  const directory = join(root, 'out', 'runs', runs[run]);
  return new Map(filesBelow(directory).map((file) => [join(directory, file), readFileSync(join(directory, file))]));
}

/** What `verify` finds damaged. */
async function problemsOf(run: number): Promise<readonly string[]> {
  const watch: VerifyWatch = { step: (_, work) => work, scoring: (work) => work(() => undefined) };
  return (await verifyRun(new DirectoryStore(join(root, 'out')), runs[run], { sample: 20, seed: 1 }, watch)).problems;
}

describe.each(RUNS.map((args, run) => ({ name: args.join(' '), args, run })))('a run of $name', ({ args, run }) => {
  it('is damaged for `verify`, whatever becomes of any of its files', async () => {
    for (const [file, bytes] of filesOf(run)) {
      for (const [what, damage] of DAMAGES) {
        writeFileSync(file, damage(bytes));
        expect(await problemsOf(run), `${file}, ${what}`).not.toEqual([]);
      }
      rmSync(file);
      expect(await problemsOf(run), `${file}, deleted`).not.toEqual([]);
      verified += DAMAGES.length + 1;
      writeFileSync(file, bytes);
    }
    expect(await problemsOf(run)).toEqual([]);
  });

  it('ends in the same outputs when its command is given again, or in an error that names the file', async () => {
    const whole = filesOf(run);
    const outputs = [...whole.keys()].filter((file) => !/[\\/](plan|chunks)[\\/]/.test(file));
    for (let i = 0; i < SCREENED_AGAIN; i++) {
      const file = [...whole.keys()][randomInteger(random, whole.size)];
      const [what, damage] = DAMAGES[randomInteger(random, DAMAGES.length)];
      writeFileSync(file, damage(whole.get(file) as Buffer));
      if (i % 2 === 1) rmSync(outputs.find((output) => output.endsWith('receipt.json')) as string); // so that chunks are merged
      const { code, stderr } = await start(root, ['screen', ...args]).ended;
      if (code === 0)
        for (const output of outputs)
          expect(readFileSync(output).equals(whole.get(output) as Buffer), `${output}: ${file}, ${what}`).toBe(true);
      else expect([code, stderr]).toEqual([3, expect.stringContaining(file.slice(root.length + 1))]);
      for (const [path, bytes] of whole) writeFileSync(path, bytes);
    }
  });
});
