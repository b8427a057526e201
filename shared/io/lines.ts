import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../errors.ts';
import { type ByteSource, fileSource } from './byte-source.ts';
import { fileError } from './directory-store.ts';

/** One line of a text file. */
export interface Line {
  readonly text: string; // without its line break
  readonly number: number; // 1-based
  readonly terminated: boolean; // false for a last line without a line break
}

const MAX_LINE = 1 << 28; // characters of a line or of a text; V8's longest string has about twice as many

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
      if (length > MAX_LINE) throw tooLong(path, number);
    }
  } catch (error) {
    throw readError(error, path, number);
  }
  const rest = decoder.decode();
  if (length + rest.length > 0) yield finish(rest, false);
}

/** The whole text of a file; a name that ends in `.gz` is unpacked. Fails as {@link readLines} does. */
export async function readText(file: string | ByteSource): Promise<string> {
  const lines: string[] = [];
  let terminated = false;
  let length = 0;
  for await (const line of readLines(file)) {
    length += line.text.length + 1;
    if (length > MAX_LINE) throw tooLong(typeof file === 'string' ? file : file.name, line.number);
    lines.push(line.text);
    terminated = line.terminated;
  }
  return lines.join('\n') + (terminated ? '\n' : '');
}

function openBytes({ name, open }: ByteSource): Readable {
  const file = open();
  if (!name.toLowerCase().endsWith('.gz')) return file;
  const unpacked = createGunzip();
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

function tooLong(path: string, line: number): InputError {
  return new InputError(
    `the text is longer than ${MAX_LINE} characters`,
    { file: path, line },
    'Give one structure per line, or split the file.',
  );
}
