import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { isAbandoned, partialPath, takeLock } from '../../../shared/io/store/file-lock.ts';

const GONE = 2 ** 22 + 1; // above the largest number of a process

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

const locked = (content: object | string): void =>
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));

async function isTaken(): Promise<boolean> {
  const outcome = await takeLock(path);
  if (!('release' in outcome)) return false;
  await outcome.release();
  return true;
}

describe('a lock', () => {
  it('is held by one at a time, also within a process, and leaves nothing', async () => {
    const outcomes = await Promise.all([takeLock(path), takeLock(path), takeLock(path)]);
    const [taken, ...more] = outcomes.flatMap((outcome) => ('release' in outcome ? [outcome] : []));
    expect(more).toEqual([]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(readdirSync(directory)).toEqual(['lock']);
    await taken.release();
    expect(readdirSync(directory)).toEqual([]);
    expect(await isTaken()).toBe(true);
  });

  it('that cannot be read is an error', async () => {
    mkdirSync(path);
    const error = { problem: 'a pipe, a folder or a device is where a file is expected', place: { file: path } };
    await expect(takeLock(path)).rejects.toMatchObject(error);
    await expect(takeLock(path), 'and is not thought to be held here').rejects.toMatchObject(error);
  });

  it.each([
    ['a process that is gone', { pid: GONE, host: hostname(), started: '1' }],
    ['a process whose number another one has now', { pid: process.ppid, host: hostname(), started: '1' }],
    ['an earlier process of the number of this one', { pid: process.pid, host: hostname(), started: '1' }],
  ])('of %s is taken over', async (_, owner) => {
    locked(owner);
    expect(await isTaken()).toBe(true);
  });

  it.each([
    ['another machine', { pid: GONE, host: `not ${hostname()}`, started: '1' }],
    ['nobody that can be read', ''],
    ['no number of a process', { pid: -1, host: hostname(), started: '1' }],
  ])('of %s is taken over only after a minute of silence', async (_, owner) => {
    locked(owner);
    expect(await isTaken()).toBe(false);
    const past = new Date(Date.now() - 61_000);
    utimesSync(path, past, past);
    expect(await isTaken()).toBe(true);
  });
});

describe('what is half-written', () => {
  it('is abandoned when its process is gone, and belongs to this machine', () => {
    const own = partialPath('out.csv');
    expect(isAbandoned(own)).toBe(false);
    expect(isAbandoned(own.replace(/\.\d+-/, `.${GONE}-`))).toBe(true);
    expect(isAbandoned(own.replace(/\.\d+-[0-9a-f]{8}-/, `.${GONE}-00000000-`))).toBe(false);
    expect(isAbandoned('structures.jsonl.partial')).toBe(false); // of an import, which goes on with it
  });

  it('goes before something is written beside it', async () => {
    const abandoned = partialPath('labels.csv').replace(/\.\d+-/, `.${GONE}-`);
    writeFileSync(join(directory, abandoned), 'half');
    writeFileSync(join(directory, 'structures.jsonl.partial'), 'kept');
    await new DirectoryStore(directory).checkWritable('other.csv');
    expect(readdirSync(directory)).toEqual(['structures.jsonl.partial']);
  });

  it('does not stand in the way of a conditional write', async () => {
    const store = new DirectoryStore(directory);
    locked('');
    writeFileSync(join(directory, 'a.lock.partial'), JSON.stringify({ pid: GONE, host: hostname(), started: '1' }));
    expect(await store.putIf('a', Uint8Array.of(1), undefined)).toBe(true);
    expect(readdirSync(directory)).toEqual(['a', 'lock']);
  });
});
