import { InputError } from '../../errors.ts';
import { unpackGzip } from './gzip.ts';

/** A file in an archive. */
export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512; // bytes
const REMEDY = 'The archive is incomplete or damaged: fetch it again.';

/**
 * The plain files of a `.tar.gz` archive, in its order; folders and links are passed over.
 *
 * @param name for messages
 * @throws {InputError} if it is no such archive, or damaged
 * @see POSIX.1-2017, pax, "ustar Interchange Format"; long names also as GNU tar and pax write them
 */
export function readTarGz(packed: Uint8Array, name: string): TarFile[] {
  const archive = unpackGzip(packed, name);
  const files: TarFile[] = [];
  let longName: string | undefined;
  let at = 0;
  while (archive[at] !== 0) {
    if (at + BLOCK > archive.length) throw new InputError('ends without its end mark', { file: name }, REMEDY);
    const header = readHeader(archive.subarray(at, at + BLOCK), name);
    const end = at + BLOCK + header.size;
    if (end > archive.length) throw new InputError(`ends in the middle of ${header.path}`, { file: name }, REMEDY);
    const bytes = archive.subarray(at + BLOCK, end);
    if (header.type === 'L') longName = text(bytes);
    else if (header.type === 'x') longName = paxPath(text(bytes)) ?? longName;
    else {
      if (header.type === '0') files.push({ path: longName ?? header.path, bytes });
      longName = undefined;
    }
    at = end + ((BLOCK - (header.size % BLOCK)) % BLOCK);
  }
  return files;
}

interface Header {
  readonly path: string;
  readonly size: number; // bytes
  readonly type: string; // '0' = plain file
}

function readHeader(block: Uint8Array, name: string): Header {
  const octal = (start: number, end: number): number => Number.parseInt(text(block.subarray(start, end)).trim(), 8);
  const size = octal(124, 136);
  if (checksum(block) !== octal(148, 156) || !(Number.isSafeInteger(size) && size >= 0))
    throw new InputError('is no tar archive, or a damaged one', { file: name }, REMEDY);
  const prefix = text(block.subarray(257, 262)) === 'ustar' ? text(block.subarray(345, 500)) : '';
  const path = text(block.subarray(0, 100));
  const type = String.fromCharCode(block[156]);
  return { path: prefix === '' ? path : `${prefix}/${path}`, size, type: type === '\0' ? '0' : type };
}

/** Sum of a header's bytes, those of the sum itself counted as blanks. */
function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i];
  return sum;
}

function paxPath(records: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(records)?.[1];
}

/** Text up to the first zero byte. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
