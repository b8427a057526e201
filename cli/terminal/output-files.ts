import { writeFileSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileError } from '../../shared/io/store/file-error.ts';
import { outputTarget, STDERR, STDOUT } from './output-target.ts';
import { note } from './terminal.ts';

/**
 * Refuse an output that cannot be written or that would replace an input, before the work whose result it is for.
 *
 * @param inputs paths that are read
 */
export async function checkOutput(out: string, inputs: readonly string[]): Promise<void> {
  const path = await outputFile(out);
  if (path === undefined) return;
  await new DirectoryStore(dirname(path)).checkWritable(basename(path));
  const place = await realpath(path).catch(() => undefined);
  for (const input of inputs) {
    if (place !== undefined && (await realpath(input).catch(() => undefined)) === place)
      throw new InputError('the output would replace an input', { file: out }, 'Name another file with --out.');
  }
}

/** The file that an output is written to, symbolic links followed; undefined if it goes to what is open, such as stdout. */
export async function outputFile(out: string): Promise<string | undefined> {
  const target = await outputTarget(out);
  return 'path' in target ? target.path : undefined;
}

/** The name of an output's file without its ending, to name what is in it. @param otherwise if it goes to no file */
export async function outputName(out: string, otherwise: string): Promise<string> {
  return (await outputFile(out)) === undefined ? otherwise : basename(out, extname(out));
}

/**
 * Write files that belong together; if one cannot be written, none of them stays. Symbolic links are followed, and what is
 * open is written to; see {@link outputTarget}.
 */
export async function writeTogether(files: readonly (readonly [path: string, bytes: Uint8Array])[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const [out, bytes] of files) {
      const target = await outputTarget(out);
      if ('descriptor' in target) writeOpen(target.descriptor, bytes, out);
      else {
        await new DirectoryStore(dirname(target.path)).put(basename(target.path), bytes);
        written.push(target.path);
      }
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw error;
  }
}

/** A reader that closes its end has all it wants, as {@link outlastReaders} has it for the standard streams. */
function writeOpen(descriptor: number, bytes: Uint8Array, out: string): void {
  if (descriptor === STDOUT) process.stdout.write(bytes);
  else if (descriptor === STDERR) process.stderr.write(bytes);
  else
    try {
      writeFileSync(descriptor, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw fileError(error, out);
    }
}

/** Tell what a command did: on stdout, or on stderr where stdout has its output. @param text with a line's end */
export async function tellBeside(out: string | undefined, text: string): Promise<void> {
  const target = out === undefined ? undefined : await outputTarget(out);
  if (target !== undefined && 'descriptor' in target && target.descriptor === STDOUT) note(text.trimEnd());
  else process.stdout.write(text);
}

/** The path of a file beside another one. */
export function besideOutput(path: string, name: string): string {
  return join(dirname(path), name);
}
