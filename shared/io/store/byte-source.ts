import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type ConditionalStore, type ObjectInfo, readSeen } from './store.ts';

/** Something that is read from its first byte to its last. */
export interface ByteSource {
  readonly name: string; // for messages; one that ends in `.gz` is gzip data
  open(): Readable;
}

/** A file of the local file system. */
export function fileSource(path: string): ByteSource {
  return { name: path, open: () => createReadStream(path) };
}

/** Bytes start (inclusive) to end (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const PIECE = 1 << 23; // bytes in memory at once

/** Bytes start (inclusive) to end (exclusive) of an object as it was seen in a store, fetched piece by piece. */
export function objectSource(
  store: ConditionalStore,
  seen: ObjectInfo,
  { start, end }: ByteRange,
  name = seen.key,
): ByteSource {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = start; from < end; from += PIECE)
      yield await readSeen(store, seen, from, Math.min(from + PIECE, end));
  }
  return { name, open: () => Readable.from(pieces()) };
}
