import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ObjectStore } from './store.ts';

/** Something that is read from its first byte to its last. */
export interface ByteSource {
  readonly name: string; // for messages; one that ends in `.gz` is gzip data
  open(): Readable;
}

/** A file of the local file system. */
export function fileSource(path: string): ByteSource {
  return { name: path, open: () => createReadStream(path) };
}

/** A stretch of an object in a store: bytes start (inclusive) to end (exclusive). */
export interface ObjectRange {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const PIECE = 1 << 23; // bytes in memory at once

/** A stretch of an object in a store, fetched piece by piece. */
export function objectSource(store: ObjectStore, { key, start, end }: ObjectRange, name = key): ByteSource {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = start; from < end; from += PIECE)
      yield await store.getRange(key, from, Math.min(from + PIECE, end));
  }
  return { name, open: () => Readable.from(pieces()) };
}
