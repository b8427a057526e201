import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LITHIUM_FLUORIDE } from '../../lithium-fluoride.ts';
import { runCli } from '../../run-cli.ts';
import { sharedCase } from '../../shared-data.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const SHIPPED_LABELS = fileURLToPath(new URL('../../../data/labels.csv.gz', import.meta.url));
const HEADER = 'id,formula,anion,llb,sbi,afc,lasd,llsd,probability\n';
const LABELS = /^id,formula,anion,llb,sbi,afc,lasd,llsd,probability\na,LiF,F,.*\n$/;

let directory: string;
const path = (name: string): string => join(directory, name);
const text = (name: string): string => readFileSync(path(name), 'utf8');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
  const [good, bad] = ['Li', 'Xx'].map((symbol) => ({
    id: symbol === 'Li' ? 'a' : 'b',
    attributes: { ...LITHIUM_FLUORIDE, species_at_sites: [symbol, 'F'] },
  }));
  writeFileSync(path('a.jsonl'), `${JSON.stringify(good)}\n`);
  writeFileSync(path('two.jsonl'), `${JSON.stringify(good)}\n${JSON.stringify(bad)}\n`);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Run a line of a shell in which `ionsieve` is the built command. */
function shell(line: string): string {
  const script = `ionsieve() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}`;
  return execFileSync('bash', ['-c', script], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

describe('label without --out', () => {
  it('prints the labels of files, and tells on stderr what was skipped', async () => {
    const { code, stdout, stderr } = await runCli(directory, 'label', 'two.jsonl');
    expect([code, stdout]).toEqual([0, expect.stringMatching(LABELS)]);
    expect(stderr).toMatch(
      /^skipped: two\.jsonl:2:.*"Xx" is no known element.*\n1 structures labelled .*\n1 skipped: /,
    );
    expect(readdirSync(directory)).toEqual(['a.jsonl', 'two.jsonl']);
  });

  it('prints them as JSON if asked to, and nothing else if quiet', async () => {
    const { stdout, stderr } = await runCli(directory, 'label', 'a.jsonl', '--json', '-q');
    expect(JSON.parse(stdout)).toMatchObject({ labelled: 1, labels: [{ id: 'a', formula: 'LiF' }], skipped: {} });
    expect(stderr).toBe('');
  });

  it('asks for a file where a folder is named', async () => {
    mkdirSync(path('folder'));
    const { code, stdout, stderr } = await runCli(directory, 'label', 'a.jsonl', 'folder');
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      'error: folder: is a folder, and its labels have no file to go to. Name one with --out labels.csv, or print them with --out -.\n',
    ]);
  });
});

describe('an output that is standard output', () => {
  it.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])('has the labels alone: --out %s', (out) => {
    shell(`echo before > labels.csv; ionsieve label a.jsonl --out ${out} >> labels.csv; echo after >> labels.csv`);
    expect(text('labels.csv')).toMatch(new RegExp(`^before\n${HEADER}a,LiF,.*\nafter\n$`));
    expect(readdirSync(directory)).toEqual(['a.jsonl', 'labels.csv', 'two.jsonl']);
  });

  it('may be behind a link, or be another process; no link is replaced', () => {
    symlinkSync('/dev/stdout', path('link.csv'));
    expect(shell('ionsieve label a.jsonl --out link.csv | cat')).toMatch(LABELS);
    expect(lstatSync(path('link.csv')).isSymbolicLink()).toBe(true);
    expect(lstatSync('/dev/stdout').isSymbolicLink()).toBe(true);
    shell('ionsieve label a.jsonl --out >(gzip > labels.gz); while ! gzip -t labels.gz; do sleep 0.1; done');
    expect(gunzipSync(readFileSync(path('labels.gz'))).toString()).toMatch(LABELS);
    shell('ionsieve label a.jsonl --out /dev/fd/7 7> seven');
    expect(text('seven')).toMatch(LABELS);
    expect(shell('ionsieve label a.jsonl --out - | head -1')).toBe(HEADER);
  });

  it('may have a page or a teacher', async () => {
    writeFileSync(path('r.csv'), 'rank,index,formula,system,probability,logit\n1,0,LiF,Li-F,0.5,0\n');
    const page = await runCli(directory, 'compare', 'r.csv', 'r.csv', '--out', '-');
    expect([page.code, page.stdout]).toEqual([0, expect.stringMatching(/^<!doctype html>[\s\S]*<\/html>\n?$/i)]);
    expect(page.stderr).toContain('page written to -');

    const sizes = [3, 3.1, 3.2, 3.4, 3.5, 3.6].map((a, i) => ({
      id: `s${i}`,
      attributes: {
        ...LITHIUM_FLUORIDE,
        lattice_vectors: [
          [a, 0, 0],
          [0, a, 0],
          [0, 0, a],
        ],
      },
    }));
    writeFileSync(path('in.jsonl'), sizes.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const rows = sizes.map(({ id }, i) => `${id},${i > 2 ? 1e-3 : '<1e-8'}\n`).join('');
    writeFileSync(path('c.csv'), `id,conductivity_S_per_cm\n${rows}`);
    const inputs = ['--structures', 'in.jsonl', '--conductivities', 'c.csv', '--out', '-'];
    const fit = await runCli(directory, 'teacher', 'fit', ...inputs);
    expect([fit.code, JSON.parse(fit.stdout).name]).toEqual([0, 'teacher']);
    expect(fit.stderr).toContain('6 compounds (6 structures)');
    const choose = ['--candidates', 'llb,lasd', '--permutations', '0', '--workers', '1', '--json'];
    const chosen = await runCli(directory, 'teacher', 'choose', ...inputs, ...choose);
    expect([chosen.code, JSON.parse(chosen.stdout).name]).toEqual([0, 'teacher']);
    expect(readdirSync(directory).filter((name) => name.startsWith('-'))).toEqual([]);
  });

  it('is no place for what an import or a model needs beside it', async () => {
    symlinkSync('/dev/stdout', path('x.jsonl'));
    symlinkSync('/dev/stdout', path('x.onnx'));
    const imported = await runCli(
      directory,
      'import',
      'optimade',
      '--provider',
      'http://127.0.0.1:9',
      '--out',
      'x.jsonl',
    );
    expect([imported.code, imported.stderr]).toEqual([2, expect.stringContaining('x.jsonl: is no name for OPTIMADE')]);
    const distilled = await runCli(directory, 'distill', '--labels', SHIPPED_LABELS, '--out', 'x.onnx');
    expect([distilled.code, distilled.stderr]).toEqual([2, expect.stringContaining('x.onnx: leads to no file')]);
  });
});

describe('a folder of structures', () => {
  it('has the files that are passed over counted, and named with -v', async () => {
    mkdirSync(path('folder/notes'), { recursive: true });
    for (const name of ['a.jsonl', 'readme.md', 'make_POSCAR.py', 'notes/b.txt'])
      writeFileSync(path(`folder/${name}`), name === 'a.jsonl' ? text('a.jsonl') : '');
    const quiet = await runCli(directory, 'label', 'folder', '--out', 'labels.csv');
    expect(quiet.stderr).toBe('3 files in folder passed over: the names tell no structure format\n');
    const verbose = await runCli(directory, '-v', 'label', 'folder', '--out', 'labels.csv');
    for (const name of ['make_POSCAR.py', 'notes/b.txt', 'readme.md'])
      expect(verbose.stderr).toContain(`passed over: ${name}\n`);
  });

  const named = sharedCase('poscar/mp-1960_POSCAR');
  it.skipIf(!named)('fn: has POSCAR files by whatever name', async () => {
    const { code, stdout, stderr } = await runCli(directory, 'label', dirname(named as string), '--out', '-');
    expect(code).toBe(0);
    for (const name of ['Li2O.POSCAR.txt', 'POSCAR-Li2O', 'mp-1960_POSCAR'])
      expect(stdout).toContain(`poscar/${name},Li2O,O,26,1.78909,12,1.99619,2.305,0.100338\n`);
    expect(stderr).not.toContain('passed over');
  });
});
