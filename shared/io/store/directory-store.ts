import type { BigIntStats } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { InputError, IntegrityError } from '../../errors.ts';
import { fileError } from './file-error.ts';
import { isAbandoned, PARTIAL, partialPath, takeLock } from './file-lock.ts';
import { withPlainFile } from './plain-file.ts';
import { type ConditionalStore, changedObject, type ObjectInfo, type VersionedObject } from './store.ts';

/** {@link ConditionalStore} over a directory of the local file system, made when it is first written to. */
export class DirectoryStore implements ConditionalStore {
  readonly location: string;

  /** @param directory path of the root; every key stays below it */
  constructor(directory: string) {
    this.location = resolve(directory);
  }

  private path(key: string): string {
    const path = resolve(this.location, key);
    if (!path.startsWith(this.root) || key.includes('\0')) throw this.leaves(key);
    return path;
  }

  private folder(prefix: string): string {
    const path = resolve(this.location, prefix);
    if ((path !== this.location && !path.startsWith(this.root)) || prefix.includes('\0')) throw this.leaves(prefix);
    return path;
  }

  /** The location with one separator at its end. */
  private get root(): string {
    return this.location.endsWith(sep) ? this.location : this.location + sep;
  }

  private leaves(key: string): InputError {
    return new InputError(
      `key ${JSON.stringify(key)} leaves ${this.location}`,
      {},
      'Use a name without ".." and control characters.',
    );
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await withPlainFile(this.path(key), (file) => file.readFile());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileError(error, this.path(key));
    }
  }

  async getRange(key: string, start: number, end: number, version?: string): Promise<Uint8Array> {
    const path = this.path(key);
    const bytes = new Uint8Array(end - start);
    try {
      await withPlainFile(path, async (file) => {
        if (version !== undefined && versionOf(await file.stat({ bigint: true })) !== version)
          throw changedObject(path);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        if (bytesRead < bytes.length) throw truncated(path, start, end, bytesRead);
      });
    } catch (error) {
      throw fileError(error, path);
    }
    return bytes;
  }

  /** Writes beside the target, flushes to the disk and renames, so that a crash leaves the old object or the new one. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.write(key, bytes, rename);
  }

  /**
   * Refuse a key that cannot be written, before the long work whose result it is for. What killed processes left half-written
   * in its directory is deleted.
   */
  async checkWritable(key: string): Promise<void> {
    const directory = dirname(this.path(key));
    for (const name of await readdir(directory).catch(() => []))
      if (isAbandoned(name)) await rm(join(directory, name), { force: true }).catch(() => undefined);
    await this.write(key, new Uint8Array(), (partial) => rm(partial));
  }

  private async write(
    key: string,
    bytes: Uint8Array,
    finish: (partial: string, path: string) => Promise<void>,
  ): Promise<void> {
    const path = this.path(key);
    const partial = partialPath(path);
    try {
      await refuseSpecialFile(path);
      await makeDirectory(dirname(path));
      const file = await open(partial, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await finish(partial, path);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => {}); // what stopped the writing is what to report
      throw fileError(error, path);
    }
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    const path = this.path(key);
    try {
      const found = await stat(path, { bigint: true });
      return { key, size: Number(found.size), version: versionOf(found) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileError(error, path);
    }
  }

  /** If the object is replaced while it is read, it is read again. */
  async getVersioned(key: string): Promise<VersionedObject | undefined> {
    for (;;) {
      const before = await this.stat(key);
      const bytes = await this.get(key);
      const after = await this.stat(key);
      if (before?.version !== after?.version) continue;
      return bytes === undefined || after === undefined ? undefined : { bytes, version: after.version };
    }
  }

  /** One writer at a time: another is told that it was not first. */
  async putIf(key: string, bytes: Uint8Array, version: string | undefined): Promise<boolean> {
    const lock = `${this.path(key)}.lock${PARTIAL}`;
    try {
      await this.write(key, bytes, async (partial, path) => {
        const taken = await takeLock(lock);
        if (!('release' in taken)) throw new NotFirst();
        try {
          if ((await this.stat(key))?.version !== version) throw new NotFirst();
          await rename(partial, path);
        } finally {
          await taken.release();
        }
      });
      return true;
    } catch (error) {
      if (error instanceof NotFirst) return false;
      throw error;
    }
  }

  async listDetailed(prefix: string): Promise<ObjectInfo[]> {
    const infos = await Promise.all((await this.list(prefix)).map((key) => this.stat(key)));
    return infos.filter((info) => info !== undefined);
  }

  async list(prefix: string): Promise<string[]> {
    const folder = this.folder(prefix.slice(0, prefix.lastIndexOf('/') + 1));
    try {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith(PARTIAL))
        .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fileError(error, folder);
    }
  }

  /** Delete what a killed process left half-written. Only when no other process writes to the store. */
  async removePartial(prefix: string): Promise<void> {
    const entries = await readdir(this.folder(prefix), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith(PARTIAL)) await rm(join(entry.parentPath, entry.name), { force: true });
    }
  }
}

class NotFirst extends Error {}

/** Every put makes a new file. */
function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}-${size}-${mtimeNs}`;
}

/** A rename would put a plain file in the place of a device or a pipe. */
async function refuseSpecialFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  if (found.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
  throw new InputError('this is no regular file', { file: path }, 'Name a file that may be replaced.');
}

/** Make a directory and those above it, level by level: `mkdir` with `recursive` never returns for a path in `/proc`. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again; // another process made it meanwhile
    });
  }
}

function truncated(path: string, start: number, end: number, read: number): IntegrityError {
  return new IntegrityError(
    `bytes ${start} to ${end} were asked for and ${read} were there`,
    { file: path },
    'The file is truncated: delete it and start the run again.',
  );
}
