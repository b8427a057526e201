import { InputError, IntegrityError } from '../../errors.ts';

/**
 * Where a run's files are kept: a directory or an S3 bucket. Keys are relative paths with `/`.
 * A key is either absent or whole: `put` is atomic.
 */
export interface ObjectStore {
  /** The store's name for messages, such as a directory path or `s3://bucket`. */
  readonly location: string;
  /** All bytes of an object, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Bytes start (inclusive) to end (exclusive) of an object; throws if it is absent or shorter.
   *
   * @param version that it must have; throws {@link IntegrityError} if it has another one
   */
  getRange(key: string, start: number, end: number, version?: string): Promise<Uint8Array>;
  /** Store an object, replacing any other under the key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Keys under a prefix, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
}

/** An object without its bytes. */
export interface ObjectInfo {
  readonly key: string;
  readonly size: number; // bytes
  readonly version: string; // opaque; another one after every change (in S3 the ETag)
}

/** An object's bytes and the version that they are of. */
export interface VersionedObject {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/** A store in which one of several writers can know that it was first. */
export interface ConditionalStore extends ObjectStore {
  getVersioned(key: string): Promise<VersionedObject | undefined>;
  /**
   * Store an object if it still has the version that the caller saw. A write whose answer was lost on the way and that
   * is tried again reports false although it was the first: who gets false reads what is there.
   *
   * @param version undefined = there must be no object
   * @returns false if somebody else was first; nothing is stored then
   */
  putIf(key: string, bytes: Uint8Array, version: string | undefined): Promise<boolean>;
  /** An object without its bytes, or undefined if there is none. */
  stat(key: string): Promise<ObjectInfo | undefined>;
  /** Objects under a prefix, sorted by key. */
  listDetailed(prefix: string): Promise<ObjectInfo[]>;
}

/**
 * Bytes start (inclusive) to end (exclusive) of an object as it was seen. One that is read whole is checked by the checksum
 * that the store keeps of it.
 *
 * @throws {IntegrityError} if it was changed since
 */
export async function readSeen(
  store: ConditionalStore,
  { key, size, version }: ObjectInfo,
  start: number,
  end: number,
): Promise<Uint8Array> {
  if (start > 0 || end < size) return store.getRange(key, start, end, version);
  const found = await store.getVersioned(key);
  if (found?.version === version) return found.bytes;
  throw changedObject(`${store.location}/${key}`);
}

/** The error of an object that changed while it was needed. */
export function changedObject(name: string): IntegrityError {
  return new IntegrityError(
    'it was changed while it was read',
    { file: name },
    'Start again, and leave it alone then.',
  );
}

/** All bytes of an object that must be there. Throws {@link InputError} if it is not. */
export async function readObject(store: ObjectStore, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  if (bytes !== undefined) return bytes;
  const place = { file: `${store.location}/${key}` };
  throw new InputError('there is no such object', place, 'Check the key, or put the object there.');
}

const TRIES = 100; // at what another is writing at this moment

/** Store an object where there is none. @returns what is there then: these bytes, or those of whoever was first */
export async function putFirst(store: ConditionalStore, key: string, bytes: Uint8Array): Promise<Uint8Array> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await store.putIf(key, bytes, undefined)) return bytes;
    const first = await store.get(key);
    if (first !== undefined) return first;
  }
  throw new InputError(
    'somebody else keeps writing it and never ends',
    { file: `${store.location}/${key}` },
    'Try again when nobody does.',
  );
}
