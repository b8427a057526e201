import { realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';

/**
 * Refuse an output that cannot be written or that would replace an input, before the work whose result it is for.
 *
 * @param inputs paths that are read
 */
export async function checkOutput(out: string, inputs: readonly string[]): Promise<void> {
  await new DirectoryStore(dirname(out)).checkWritable(basename(out));
  const place = await realpath(out).catch(() => undefined);
  for (const input of inputs) {
    if (place !== undefined && (await realpath(input).catch(() => undefined)) === place)
      throw new InputError('the output would replace an input', { file: out }, 'Name another file with --out.');
  }
}

/** Write files that belong together; if one cannot be written, none of them stays. */
export async function writeTogether(files: readonly (readonly [path: string, bytes: Uint8Array])[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const [path, bytes] of files) {
      await new DirectoryStore(dirname(path)).put(basename(path), bytes);
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw error;
  }
}

/** The path of a file beside another one. */
export function besideOutput(path: string, name: string): string {
  return join(dirname(path), name);
}
