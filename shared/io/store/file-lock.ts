import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { sha256 } from '../../hash.ts';
import { fields, integer, type Refuse, readJson, readShape, type Shape } from '../../shape.ts';
import { withPlainFile } from './plain-file.ts';

/** Who has a lock. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly started?: string | undefined; // of the process, in the kernel's clock ticks; tells a reused pid apart
}

/** A lock that was taken, or who has it; undefined if its file does not tell. */
export type LockOutcome = { readonly release: () => Promise<void> } | { readonly owner: LockOwner | undefined };

const BEAT_MS = 10_000; // how often the holder touches the lock
const SILENCE_MS = 60_000; // after which a holder that cannot be asked counts as gone

const held = new Set<string>(); // paths of the locks that this process has or is about to have

/** Makes a hard link, which fails if there is something at the path. */
export type MakeLink = (existing: string, path: string) => Promise<void>;

/**
 * Take a lock for this process. One whose process is gone is taken over.
 *
 * @param path of its file, in a directory that is there
 */
export async function takeLock(path: string, makeLink: MakeLink = link): Promise<LockOutcome> {
  const name = resolve(path);
  const own: LockOwner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  if (held.has(name)) return { owner: own };
  held.add(name);
  let owner: LockOwner | undefined;
  try {
    const content = JSON.stringify(own);
    const isOurs = await createOrTakeOver(path, content, makeLink, (other) => {
      owner = other;
    });
    if (isOurs) return { release: holding(path, name, content) };
  } catch (error) {
    held.delete(name);
    throw error;
  }
  held.delete(name);
  return { owner };
}

async function createOrTakeOver(
  path: string,
  content: string,
  makeLink: MakeLink,
  onOwner: (owner: LockOwner | undefined) => void,
): Promise<boolean> {
  while (!(await create(path, content, makeLink))) {
    const found = await readLock(path).catch(unlessGone);
    if (found === undefined) continue; // released just now
    if (await isHeld(path, found)) {
      onOwner(parseOwner(found));
      return false;
    }
    await removeStale(path, found, makeLink);
  }
  return true;
}

function holding(path: string, name: string, content: string): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // a deleted lock stays deleted
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    // a lock of another, which took this one for one of a process that is gone, stays
    if ((await readLock(path).catch(() => undefined)) === content) await rm(path, { force: true });
    held.delete(name);
  };
}

/** @returns false if there is a lock */
async function create(path: string, content: string, makeLink: MakeLink): Promise<boolean> {
  const whole = partialPath(path);
  try {
    await writeNew(whole, content);
    await placeLock(whole, path, makeLink);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true }).catch(() => undefined);
  }
}

/**
 * Give a lock its path if there is nothing. By a hard link it appears whole: a process that is killed meanwhile must not
 * leave a lock that tells nobody whose it is. File systems without links (exFAT, network shares) refuse in many ways; there the
 * file is made at its path, and one that is killed in between leaves a lock that is taken over after a minute of silence.
 */
async function placeLock(whole: string, path: string, makeLink: MakeLink): Promise<void> {
  try {
    await makeLink(whole, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await writeNew(path, await readLock(whole));
  }
}

/** Write a file where there is none. */
async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true }); // a disk that is full has no lock
    throw error;
  } finally {
    await file.close();
  }
}

const readLock = (path: string): Promise<string> => withPlainFile(path, (file) => file.readFile('utf8'));

/** Move the lock away and look again: if another process replaced it meanwhile, put that one back. */
async function removeStale(path: string, stale: string, makeLink: MakeLink): Promise<void> {
  const aside = partialPath(path);
  try {
    await rename(path, aside);
  } catch (error) {
    return unlessGone(error); // then another process was faster
  }
  if ((await readLock(aside)) !== stale) await placeLock(aside, path, makeLink).catch(() => undefined);
  await rm(aside, { force: true });
}

/** A file that is not there any more counts as undefined; any other reason would be met again and again. */
function unlessGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
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
  return owner.pid !== process.pid && (await isAlive(owner)); // what this process has, it knows
}

async function isAlive({ pid, started }: LockOwner): Promise<boolean> {
  return isRunning(pid) && started === (await startOf(pid));
}

const OWNER: Shape<LockOwner> = fields({ pid: integer(1), host: v.string(), started: v.exactOptional(v.string()) });

const unreadable: Refuse = (problem) => new Error(problem);

function parseOwner(content: string): LockOwner | undefined {
  try {
    return readShape(OWNER, readJson(content, unreadable), unreadable);
  } catch {
    return undefined; // cut off by a full disk
  }
}

/** Start time of a process where the system tells it (Linux): field 22 of /proc/PID/stat, see proc(5). */
async function startOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]; // the name before the bracket may hold spaces
}

/** Whether there is a process of that number on this machine. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  return true;
}

/** Suffix of files that are being written. */
export const PARTIAL = '.partial';

const OWNED_PARTIAL = /\.([0-9]+)-([0-9a-f]{8})-[0-9a-f]{8}\.partial$/;

/** A name beside a path for what is being written there; it tells whose it is. */
export function partialPath(path: string): string {
  return `${path}.${process.pid}-${hostMark()}-${randomUUID().slice(0, 8)}${PARTIAL}`;
}

/** Whether a file was being written by a process of this machine that is gone. */
export function isAbandoned(name: string): boolean {
  const [, pid, host] = OWNED_PARTIAL.exec(name) ?? [];
  return host === hostMark() && Number(pid) !== process.pid && !isRunning(Number(pid));
}

/** Names of hosts may have any characters. */
function hostMark(): string {
  return sha256(hostname()).slice(0, 8);
}
