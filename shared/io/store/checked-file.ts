import { IntegrityError } from '../../errors.ts';
import { sha256 } from '../../hash.ts';
import type { RangedFile } from './inputs.ts';

/** Bytes of a file that have a hash of their own; the last block may be shorter. */
export const BLOCK_BYTES = 1 << 18;

/** SHA-256 of each block of some bytes that begin where a block begins, hexadecimal. */
export function blockHashes(bytes: Uint8Array): string[] {
  const blocks = Math.ceil(bytes.length / BLOCK_BYTES);
  return Array.from({ length: blocks }, (_, i) => sha256(bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)));
}

/**
 * A file whose bytes are checked whenever they are read: stores keep no checksum of a range. What is wrong is read once more,
 * since it may have changed on the way.
 *
 * @param hashes of all blocks, as {@link blockHashes} gives them
 */
export function checkedFile(source: RangedFile, hashes: readonly string[]): RangedFile {
  const { name, size, version } = source;
  const readBlocks = async (first: number, end: number, isLast = false): Promise<Uint8Array> => {
    const bytes = await source.read(first * BLOCK_BYTES, Math.min(size, end * BLOCK_BYTES));
    const wrong = blockHashes(bytes).findIndex((hash, i) => hash !== hashes[first + i]);
    if (wrong < 0) return bytes;
    if (!isLast) return readBlocks(first, end, true);
    const start = (first + wrong) * BLOCK_BYTES;
    throw new IntegrityError(
      `the bytes ${start} to ${Math.min(size, start + BLOCK_BYTES)} are not those that were planned`,
      { file: name },
      'Restore the file, or start the run again: it reads it anew.',
    );
  };
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const first = Math.floor(start / BLOCK_BYTES);
    const bytes = await readBlocks(first, Math.ceil(end / BLOCK_BYTES));
    return bytes.subarray(start - first * BLOCK_BYTES, end - first * BLOCK_BYTES);
  };
  return { name, size, version, read };
}
