import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { FREE_GZIP_BYTES, MAX_GZIP_RATIO, MAX_TEXT } from '../../limits.ts';
import { type ByteSource, fileSource } from '../store/byte-source.ts';
import { fileError } from '../store/file-error.ts';

/** One line of a text file. */
export interface Line {
  readonly text: string; // without its line break
  readonly number: number; // 1-based
  readonly terminated: boolean; // false for a last line without a line break
}

/**
 * The lines of a UTF-8 text file, given by its path or as a source, one after the other; a name that ends in `.gz` is unpacked on the way. Line breaks are
 * `\n` or `\r\n`. An empty file has no lines.
 *
 * @throws {InputError} naming the line reached if the file cannot be read, or its gzip data is damaged or truncated
 */
export async function* readLines(file: string | ByteSource): AsyncGenerator<Line> {
  const source = typeof file === 'string' ? fileSource(file) : file;
  const path = source.name;
  const decoder = new TextDecoder();
  let pending: string[] = []; // pieces of the line that is not finished, joined once
  let length = 0;
  let number = 1;
  const finish = (last: string, terminated: boolean): Line => {
    const text = pending.length === 0 ? last : pending.join('') + last;
    pending = [];
    length = 0;
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number: number++, terminated };
  };
  try {
    for await (const chunk of openBytes(source)) {
      const text = decoder.decode(chunk, { stream: true });
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        yield finish(text.slice(start, end), true);
        start = end + 1;
      }
      pending.push(text.slice(start));
      length += text.length - start;
      if (length > MAX_TEXT) throw tooLong(path, number, MAX_TEXT);
    }
  } catch (error) {
    throw readError(error, path, number);
  }
  const rest = decoder.decode();
  if (length + rest.length > 0) yield finish(rest, false);
}

/**
 * The whole text of a file; a name that ends in `.gz` is unpacked. Fails as {@link readLines} does.
 *
 * @param longest characters that it may have
 */
export async function readText(file: string | ByteSource, longest = MAX_TEXT): Promise<string> {
  const lines: string[] = [];
  let terminated = false;
  let length = 0;
  for await (const line of readLines(file)) {
    length += line.text.length + 1;
    if (length > longest) throw tooLong(typeof file === 'string' ? file : file.name, line.number, longest);
    lines.push(line.text);
    terminated = line.terminated;
  }
  return lines.join('\n') + (terminated ? '\n' : '');
}

function openBytes({ name, open }: ByteSource): Readable {
  const file = open();
  if (!name.toLowerCase().endsWith('.gz')) return file;
  const unpacked = createGunzip();
  let packedBytes = 0;
  let bytes = 0;
  file.on('data', (chunk: Uint8Array) => {
    packedBytes += chunk.length;
  });
  unpacked.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > FREE_GZIP_BYTES + MAX_GZIP_RATIO * packedBytes) unpacked.destroy(swollen(name, bytes, packedBytes));
  });
  file.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => file.destroy());
  return file.pipe(unpacked);
}

function readError(error: unknown, path: string, line: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !code.startsWith('Z_')) return fileError(error, path);
  const truncated = code === 'Z_BUF_ERROR';
  return new InputError(
    truncated ? 'the gzip data ends in the middle of the file' : `the gzip data is damaged (${message})`,
    { file: path, line },
    'The file is incomplete: fetch it again and compare its size or checksum with the source.',
    { cause: error },
  );
}

/** Real data does not shrink so far: it is made to fill a memory or a disk. */
function swollen(path: string, bytes: number, packedBytes: number): InputError {
  return new InputError(
    `${packedBytes} bytes of gzip data unpack to ${bytes} and more`,
    { file: path },
    `At most ${MAX_GZIP_RATIO} times as many are unpacked: unpack the file yourself if it is meant to be so.`,
  );
}

function tooLong(path: string, line: number, longest: number): InputError {
  return new InputError(
    `the text is longer than ${longest} characters`,
    { file: path, line },
    'Check that it is the file that is meant, and split it if it has many structures: one to a CIF, a POSCAR or a line of JSON Lines.',
  );
}
