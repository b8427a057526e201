import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runCliWith } from '../run-cli.ts';
import { FROM_TEXT, PROCESSES } from './code-from-text.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ionsieve-code-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const sources = ['cdk', 'cli', 'data', 'functions', 'lambda', 'local', 'shared', 'study', 'supply-chain'].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
);
const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the sources', () => {
  it('make no code from text', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(sources.filter((file) => FROM_TEXT.test(source(file)))).toEqual([]);
  });

  it('start no processes but npm, without a shell, for the bill of materials of a release', () => {
    const starting = sources.filter((file) => PROCESSES.test(source(file)));
    expect(starting).toEqual(['supply-chain/bill-of-materials.ts']);
    for (const file of starting) expect(source(file)).not.toMatch(/\bshell\b|\bexec(Sync)?\(/);
  });
});

describe('a run', () => {
  it('needs no code from text: it is the same where Node.js refuses to make any', async () => {
    const space = { name: 'oxides', mobileIon: 'Li', elements: ['O', 'P', 'S'], anions: ['O', 'S'], arity: [2, 3] };
    writeFileSync(join(scratch, 'space.json'), JSON.stringify({ ...space, maxCoefficient: 4 }));
    const run = (out: string, options: string) =>
      runCliWith(
        { ...process.env, NODE_OPTIONS: options },
        scratch,
        'screen',
        '--space',
        'space.json',
        '--out',
        out,
        '--committee',
        'none',
      );
    const [free, refusing] = await Promise.all([run('a', ''), run('b', '--disallow-code-generation-from-strings')]);
    expect([free.code, refusing.code], refusing.stderr).toEqual([0, 0]);
    const [id] = readdirSync(join(scratch, 'a', 'runs'));
    for (const file of ['ranking.csv', 'report.html', 'receipt.json'])
      expect(readFileSync(join(scratch, 'b', 'runs', id, file))).toEqual(
        readFileSync(join(scratch, 'a', 'runs', id, file)),
      );
  });
});
