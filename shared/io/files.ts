import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileError } from './directory-store.ts';

/** Whether a path is a directory. Throws {@link InputError} if there is nothing, or it may not be read. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Paths of all files below a directory, relative to it, with `/`, sorted by code unit. */
export async function filesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const prefix = join(directory, sep).length;
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name).slice(prefix).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw fileError(error, directory);
  }
}

/** All bytes of a file. Throws {@link InputError} if it is not there or may not be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path);
  }
}
