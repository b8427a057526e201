import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

async function isTaken(makeLink = link): Promise<boolean> {
  const outcome = await takeLock(path, makeLink);
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

/** What the file systems of exFAT and FAT, SMB, virtiofs and FUSE, and Windows answer to link(2). */
const REFUSALS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES', 'EISDIR'];

describe.each(REFUSALS)('exfat: a lock where hard links are refused with %s', (code) => {
  const refuse = async (): Promise<void> => {
    throw Object.assign(new Error(`${code}: not permitted, link`), { code });
  };

  it('is held by one at a time and leaves nothing', async () => {
    const outcomes = await Promise.all([takeLock(path, refuse), takeLock(path, refuse), takeLock(path, refuse)]);
    const [taken, ...more] = outcomes.flatMap((outcome) => ('release' in outcome ? [outcome] : []));
    expect(more).toEqual([]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(readdirSync(directory)).toEqual(['lock']);
    await taken.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('of a process that is at work is respected, of one that is gone taken over', async () => {
    const startedAt = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
    locked({ pid: process.ppid, host: hostname(), started: startedAt });
    expect(await isTaken(refuse)).toBe(false);
    locked({ pid: GONE, host: hostname(), started: '1' });
    expect(await isTaken(refuse)).toBe(true);
  });

  it('that was cut off while it was made is taken over after a minute of silence', async () => {
    locked('');
    expect(await isTaken(refuse)).toBe(false);
    const past = new Date(Date.now() - 61_000);
    utimesSync(path, past, past);
    expect(await isTaken(refuse)).toBe(true);
  });
});

/** Counts in a file, one process at a time, where no hard links are; its arguments: lock, counter and turns. */
const COUNTING = `
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '${new URL('../../../dist/shared/io/store/file-lock.js', import.meta.url)}';
const refuse = async () => { throw Object.assign(new Error('no links'), { code: 'EPERM' }); };
const [lock, counter, turns] = process.argv.slice(1);
for (let done = 0; done < Number(turns); ) {
  const taken = await takeLock(lock, refuse);
  if (!('release' in taken)) { await sleep(1); continue; }
  const count = Number(readFileSync(counter, 'utf8'));
  await sleep(1);
  writeFileSync(counter, String(count + 1));
  await taken.release();
  done++;
}`;

it('exfat: a lock keeps processes apart where no hard links are', async () => {
  const counter = join(directory, 'counter');
  writeFileSync(counter, '0');
  const run = promisify(execFile);
  const count = () => run(process.execPath, ['--input-type=module', '-e', COUNTING, path, counter, '30']);
  await Promise.all([count(), count(), count(), count()]);
  expect(readFileSync(counter, 'utf8')).toBe('120');
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
