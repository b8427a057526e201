import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const SCREEN = ['screen', '--space', 'small', '--committee', 'none', '--top', '5', '--verbose'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-unread-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('goes on when nobody reads its progress', async () => {
  const child = spawn(process.execPath, [MAIN, ...SCREEN], { cwd: directory });
  child.stderr.destroy();
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  expect(stdout).toContain('5 ranked in out/runs/');
});

it('ends with the code of its findings when nobody reads them', async () => {
  const [made] = await once(spawn(process.execPath, [MAIN, ...SCREEN], { cwd: directory }), 'close');
  expect(made).toBe(0);
  const [run] = readdirSync(join(directory, 'out', 'runs'));
  writeFileSync(join(directory, 'out', 'runs', run, 'ranking.csv'), 'damaged');
  const child = spawn(process.execPath, [MAIN, 'verify', run], { cwd: directory });
  child.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(stderr).toContain('ranking.csv');
  expect(code).toBe(3);
});

it.skipIf(!existsSync('/dev/full'))('says that results found no room', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, 'space', 'count', '--space', 'small'], {
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  const [stderr, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  expect(stderr).toBe(
    'error: standard output: cannot be accessed (ENOSPC). The disk is full: free space or choose another directory, and give the same command again.\n',
  );
  expect(code).toBe(2);
});
