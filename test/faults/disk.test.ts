import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../random-student.ts';
import { filesBelow, IS_SHORT, isPassing, snapshot, start } from './processes.ts';

const ELEMENTS = ['O', 'P', 'S', 'Cl', 'Ge', 'La'];

let root: string;
let expected: Map<string, string>;
let sizes: number[]; // of the files of the whole run, in bytes
const mounted: string[] = [];

const PAGE = 4096; // bytes in which tmpfs counts

/** Whether the test may mount: then a full disk and a read-only one are real. */
const MAY_MOUNT = succeeds('mount', '--version') && mountsHere();
const HAS_PRLIMIT = succeeds('prlimit', '--version');

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-disk-'));
  const space = { name: 'middle', mobileIon: 'Li', elements: ELEMENTS, anions: ['O', 'S', 'Cl'], arity: [3, 5] };
  writeFileSync(join(root, 'space.json'), JSON.stringify({ ...space, maxCoefficient: 8 }));
  writeFileSync(join(root, 'student.onnx'), randomStudent(['Li', ...ELEMENTS], 3));
  expect((await screen('reference')).code).toBe(0);
  const reference = join(root, 'reference');
  expected = snapshot(reference);
  sizes = filesBelow(reference).map((file) => statSync(join(reference, file)).size);
});
afterAll(() => {
  for (const directory of mounted) execFileSync('umount', [directory]);
  rmSync(root, { recursive: true });
});

function screen(out: string, before: readonly string[] = []) {
  const args = ['--space', 'space.json', '--student', 'student.onnx', '--chunks', '12', '--top', '3000', '--out', out];
  return start(root, ['screen', ...args], before).ended;
}

function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mountsHere(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'ionsieve-mount-'));
  const may = succeeds('mount', '-t', 'tmpfs', 'tmpfs', directory) && succeeds('umount', directory);
  rmSync(directory, { recursive: true });
  return may;
}

/** Whatever is there is whole, and nothing is half-written. */
function expectWhole(out: string): void {
  for (const [file, hash] of snapshot(out)) expect([file, hash]).toEqual([file, expected.get(file)]);
}

describe.skipIf(!MAY_MOUNT)('a full disk (skipped where nothing can be mounted)', () => {
  it.each(IS_SHORT ? [0.3] : [0.05, 0.3, 0.6, 0.85])(
    'of %f of what a run takes: an error with a remedy, nothing half-written, and it goes on with more',
    async (share) => {
      const out = join(root, `full-${share}`);
      const pages = sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE), 0);
      mkdirSync(out);
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.ceil(share * pages) * PAGE}`, 'tmpfs', out]);
      mounted.push(out);
      const { code, stderr } = await screen(out);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/error: .*cannot be accessed \(ENOSPC\)\. The disk is full: free space/);
      expect(filesBelow(out).filter(isPassing)).toEqual([]);
      expectWhole(out);
      execFileSync('mount', ['-o', 'remount,size=64m', out]);
      const again = await screen(out);
      expect(again.code, again.stderr).toBe(0);
      expect(Object.fromEntries(snapshot(out))).toEqual(Object.fromEntries(expected));
    },
  );
});

describe.skipIf(!MAY_MOUNT)('a directory that becomes read-only (skipped where nothing can be mounted)', () => {
  it('before it begins, with all but the outputs done, and finished', async () => {
    const out = join(root, 'read-only');
    mkdirSync(out);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', out]);
    mounted.push(out);
    const first = await screen(out);
    expect([first.code, first.stderr]).toEqual([2, expect.stringContaining('The file system is read-only')]);
    execFileSync('mount', ['-o', 'remount,rw', out]);
    expect((await screen(out)).code).toBe(0);
    const [id] = filesBelow(out).flatMap((file) => /^runs\/(\w+)\/receipt/.exec(file)?.[1] ?? []);
    rmSync(join(out, 'runs', id, 'receipt.json'));
    execFileSync('mount', ['-o', 'remount,ro', out]);
    const second = await screen(out);
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('The file system is read-only')]);
    execFileSync('mount', ['-o', 'remount,rw', out]);
    expect((await screen(out)).code).toBe(0);
    expect(Object.fromEntries(snapshot(out))).toEqual(Object.fromEntries(expected));
  });
});

describe.skipIf(!HAS_PRLIMIT)('files that may not become larger (skipped without prlimit)', () => {
  it.each(IS_SHORT ? [0.5] : [0, 0.1, 0.5, 0.99])(
    'than %f of the largest: an error with a remedy, nothing half-written',
    async (share) => {
      const out = join(root, `limited-${share}`);
      const size = Math.floor(share * Math.max(...sizes));
      const { code, stderr } = await screen(out, ['prlimit', `--fsize=${size}`]);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/cannot be accessed \(EFBIG\)\. The file would be larger than is allowed/);
      expect(filesBelow(out).filter(isPassing)).toEqual([]);
      expectWhole(out);
      expect((await screen(out)).code).toBe(0);
      expect(Object.fromEntries(snapshot(out))).toEqual(Object.fromEntries(expected));
    },
  );
});
