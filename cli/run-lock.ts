import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { InputError } from '../shared/errors.ts';
import { fileError, makeDirectory } from '../shared/io/directory-store.ts';

/** Who works on a run. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly started: string | undefined; // of the process, in the kernel's clock ticks; tells a reused pid apart
}

const BEAT_MS = 10_000; // how often the holder touches the lock
const SILENCE_MS = 60_000; // after which a holder that cannot be asked counts as gone

const held = new Set<string>(); // paths of the locks that this process has

/**
 * Take a run, so that nobody else works on it, in this process or another. A lock whose process is gone is taken over.
 *
 * @returns releases the lock
 * @throws {InputError} if it is held
 */
export async function lockRun(path: string): Promise<() => Promise<void>> {
  const content = JSON.stringify({ pid: process.pid, host: hostname(), started: await startOf(process.pid) });
  while (!(await create(path, content))) {
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found === undefined) continue; // released just now
    if (await isHeld(path, found)) throw busy(path, found);
    await removeStale(path, found);
  }
  held.add(resolve(path));
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // a deleted lock stays deleted
  }, BEAT_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    held.delete(resolve(path));
    return rm(path, { force: true });
  };
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await makeDirectory(dirname(path));
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') await rm(path, { force: true }); // ours, but empty
    throw fileError(error, path);
  }
}

/** Move the lock away and look again: if another process replaced it meanwhile, put that one back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.partial`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process was faster
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isHeld(path: string, content: string): Promise<boolean> {
  const owner = parseOwner(content);
  if (owner?.host !== hostname()) {
    const touched = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return Date.now() - touched < SILENCE_MS;
  }
  if (owner.pid === process.pid) return held.has(resolve(path));
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return owner.started === (await startOf(owner.pid));
}

function parseOwner(content: string): Owner | undefined {
  try {
    return JSON.parse(content) as Owner;
  } catch {
    return undefined; // being written, or cut off by a full disk
  }
}

/** Start time of a process where the system tells it (Linux): field 22 of /proc/PID/stat, see proc(5). */
async function startOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]; // the name before the bracket may hold spaces
}

function busy(path: string, content: string): InputError {
  const owner = parseOwner(content);
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new InputError(
    `${who} is at work on this run`,
    { file: path },
    'Wait for it or stop it; delete this file if that process is no ionsieve.',
  );
}
