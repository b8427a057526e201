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

/**
 * Take a lock for this process. One whose process is gone is taken over.
 *
 * @param path of its file, in a directory that is there
 */
export async function takeLock(path: string): Promise<LockOutcome> {
  const name = resolve(path);
  const own: LockOwner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  if (held.has(name)) return { owner: own };
  held.add(name);
  let owner: LockOwner | undefined;
  try {
    const content = JSON.stringify(own);
    const isOurs = await createOrTakeOver(path, content, (other) => {
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
  onOwner: (owner: LockOwner | undefined) => void,
): Promise<boolean> {
  while (!(await create(path, content))) {
    const found = await readLock(path).catch(unlessGone);
    if (found === undefined) continue; // released just now
    if (await isHeld(path, found)) {
      onOwner(parseOwner(found));
      return false;
    }
    await removeStale(path, found);
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

/** Appears whole: a process that is killed meanwhile must not leave a lock that tells nobody whose it is. */
async function create(path: string, content: string): Promise<boolean> {
  const whole = partialPath(path);
  try {
    const file = await open(whole, 'wx');
    await file.writeFile(content).finally(() => file.close());
    await link(whole, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true }).catch(() => undefined);
  }
}

const readLock = (path: string): Promise<string> => withPlainFile(path, (file) => file.readFile('utf8'));

/** Move the lock away and look again: if another process replaced it meanwhile, put that one back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = partialPath(path);
  try {
    await rename(path, aside);
  } catch (error) {
    return unlessGone(error); // then another process was faster
  }
  if ((await readLock(aside)) !== stale) await link(aside, path).catch(() => undefined);
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
