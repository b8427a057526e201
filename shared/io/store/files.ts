import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../../errors.ts';
import { MAX_WHOLE } from '../../limits.ts';
import { fileError } from './file-error.ts';

const PIECE = 1 << 20; // bytes read at once

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

/**
 * All bytes of a file.
 *
 * @param most bytes that it may have
 * @throws {InputError} if it is not there, may not be read or is larger
 */
export async function readBytes(path: string, most = MAX_WHOLE): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > most) throw tooLarge(path, most); // a device may have no end
      pieces.push(piece);
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return Buffer.concat(pieces);
}

/** The same at once, for what must not wait. */
export function readBytesSync(path: string, most = MAX_WHOLE): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let length = 1; length > 0; size += length) {
        if (size > most) throw tooLarge(path, most);
        const piece = Buffer.alloc(PIECE);
        length = readSync(file, piece);
        pieces.push(piece.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return Buffer.concat(pieces);
}

/** A file that is larger than what is read as a whole. */
export function tooLarge(path: string, most: number): InputError {
  return new InputError(
    `it has more than ${most} bytes, and is to be read as a whole`,
    { file: path },
    'Check that it is the file that is meant: good ones are far smaller.',
  );
}
