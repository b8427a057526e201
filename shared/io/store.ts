/**
 * Where a run's files are kept: a directory or an S3 prefix. Keys are relative paths with `/`.
 * A key is either absent or whole: `put` is atomic.
 */
export interface ObjectStore {
  /** The store's name for messages, such as a directory path or `s3://bucket/prefix`. */
  readonly location: string;
  /** All bytes of an object, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Bytes start (inclusive) to end (exclusive) of an object; throws if it is absent or shorter. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Store an object, replacing any other under the key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Keys under a prefix, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
}
