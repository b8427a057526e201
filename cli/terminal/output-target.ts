import { fstatSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { fileError } from '../../shared/io/store/file-error.ts';

/** Where an output goes: a file that may be replaced, or what this process has open under a number. */
export type OutputTarget = { readonly path: string } | { readonly descriptor: number };

export const STDOUT = 1;
export const STDERR = 2;

/** Names of standard streams; Linux and macOS have links of the names in `/dev`, which lead to {@link DESCRIPTOR}. */
const STREAMS: Readonly<Record<string, number>> = {
  '-': STDOUT,
  '/dev/stdin': 0,
  '/dev/stdout': STDOUT,
  '/dev/stderr': STDERR,
};

/** A file that this process, or that of the number, has open. */
const DESCRIPTOR = /^\/(?:dev|proc\/(?:self|thread-self|(\d+)))(?:\/task\/\d+)?\/fd\/(\d+)$/;

const MAX_LINKS = 40; // as Linux has it

/**
 * Where the name of an output leads, symbolic links followed: what is written replaces the file at their end, and never a
 * link. `-`, `/dev/stdout`, `/dev/stderr`, `/dev/fd/N` and `/proc/self/fd/N` are what is open, also behind links.
 *
 * @throws {InputError} for standard input, a number that is not open, and links that lead round in a circle
 */
export async function outputTarget(out: string): Promise<OutputTarget> {
  if (out in STREAMS) return openDescriptor(STREAMS[out], out);
  let path = out;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const folder = dirname(resolve(path));
    const place = join(await realpath(folder).catch(() => folder), basename(path));
    const [, owner, descriptor] = DESCRIPTOR.exec(place) ?? [];
    const number = owner === undefined || Number(owner) === process.pid ? (descriptor ?? STREAMS[place]) : undefined;
    if (number !== undefined) return openDescriptor(Number(number), out);
    const next = await readlink(place).catch(() => undefined);
    if (next === undefined) return { path };
    path = resolve(dirname(place), next);
  }
  throw fileError(Object.assign(new Error(out), { code: 'ELOOP' }), out);
}

function openDescriptor(descriptor: number, out: string): OutputTarget {
  if (descriptor === 0)
    throw new InputError('standard input cannot be written', { file: out }, 'Name a file, or - for standard output.');
  try {
    const found = fstatSync(descriptor);
    const isWritable = found.isFile() || found.isFIFO() || found.isSocket() || found.isCharacterDevice();
    if (!isWritable) throw Object.assign(new Error(out), { code: 'EBADF' }); // Node.js itself has more open
  } catch (error) {
    throw fileError(error, out);
  }
  return { descriptor };
}
