import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, StoreError } from '../../errors.ts';
import { MAX_WHOLE } from '../../limits.ts';
import { DirectoryStore } from './directory-store.ts';
import { filesBelow, isDirectory, readBytes, tooLarge } from './files.ts';
import { type ConditionalStore, readObject, readSeen } from './store.ts';

/** A file that is read by ranges of bytes, so that it need not fit into memory. */
export interface RangedFile {
  readonly name: string; // for messages
  readonly size: number; // bytes
  readonly version: string; // opaque; another one after every change
  /** Bytes start (inclusive) to end (exclusive). */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Where input files come from: the local file system or a store. */
export interface Inputs {
  /** Whoever keeps the files compares whole ones with a checksum, so that no file beside them needs to vouch. */
  readonly isVouched?: true;
  /** All bytes of a file. Throws {@link InputError} if there is none, or it is larger than what is read as a whole. */
  read(name: string): Promise<Uint8Array>;
  /** All bytes of a file, or undefined if there is none. */
  find(name: string): Promise<Uint8Array | undefined>;
  /** Names of the files that a name stands for: itself, or what is below it if it is a folder. */
  list(name: string): Promise<string[]>;
  /** A file to read by ranges. Throws {@link InputError} if there is none. */
  open(name: string): Promise<RangedFile>;
}

/** Inputs from the local file system, named by their paths. */
export const fileInputs: Inputs = {
  read: readBytes,
  find: async (path) => (existsSync(path) ? readBytes(path) : undefined),
  list: async (path) => ((await isDirectory(path)) ? (await filesBelow(path)).map((file) => join(path, file)) : [path]),
  async open(path) {
    await isDirectory(path); // refuses a path where nothing is, with a remedy
    return openObject(new DirectoryStore(dirname(path)), basename(path), path);
  },
};

/** Inputs from a store, named by their keys; a folder is a prefix that ends in `/`. */
export function storeInputs(store: ConditionalStore): Inputs {
  return {
    isVouched: true,
    read: async (key) => {
      await refuseLarge(store, key);
      return readObject(store, key);
    },
    find: async (key) => {
      await refuseLarge(store, key);
      return (await store.get(key)) ?? confirmAbsent(store, key);
    },
    list: async (key) => (key.endsWith('/') ? store.list(key) : [key]),
    open: (key) => openObject(store, key, `${store.location}/${key}`),
  };
}

async function refuseLarge(store: ConditionalStore, key: string): Promise<void> {
  const info = await store.stat(key);
  if (info !== undefined && info.size > MAX_WHOLE) throw tooLarge(`${store.location}/${key}`, MAX_WHOLE);
}

/** What goes without an object would be another run, so the store must not contradict itself. */
async function confirmAbsent(store: ConditionalStore, key: string): Promise<undefined> {
  if (!(await store.list(key)).includes(key)) return undefined;
  throw new StoreError(
    'it is listed, but the store says that it is not there',
    { file: `${store.location}/${key}` },
    'Try again later: somebody is just writing or deleting it, or the store has a fault.',
  );
}

async function openObject(store: ConditionalStore, key: string, name: string): Promise<RangedFile> {
  const info = await store.stat(key);
  if (info === undefined)
    throw new InputError('there is no such file', { file: name }, 'Check the name, or put the file there.');
  return { name, size: info.size, version: info.version, read: (start, end) => readSeen(store, info, start, end) };
}
