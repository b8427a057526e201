import { rm } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { packageVersion } from '../../local/shipped/package-root.ts';
import type { KeptResults } from '../../local/threads/jobs.ts';
import { sha256 } from '../../shared/hash.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';

const HASH_LENGTH = 64; // hexadecimal digits of a SHA-256

/**
 * Results of jobs, each in a file named by the hash of its job, so that the same command goes on where an earlier one was
 * stopped. The files are for this version of ionsieve alone.
 */
export class KeptInDirectory<J extends object, R> implements KeptResults<J, R> {
  readonly directory: string;
  private readonly store: DirectoryStore;
  private readonly names = new WeakMap<object, string>();

  constructor(directory: string) {
    this.directory = directory;
    this.store = new DirectoryStore(directory);
  }

  /** What cannot be trusted counts as absent, and the job is done anew. */
  async get(job: J): Promise<R | undefined> {
    const bytes = await this.store.get(this.nameOf(job));
    if (bytes === undefined) return undefined;
    const content = bytes.subarray(HASH_LENGTH);
    const stated = Buffer.from(bytes.subarray(0, HASH_LENGTH)).toString('latin1');
    return sha256(content) === stated ? (deserialize(content) as R) : undefined;
  }

  async put(job: J, result: R): Promise<void> {
    const content = serialize(result);
    await this.store.put(this.nameOf(job), Buffer.concat([Buffer.from(sha256(content)), content]));
  }

  /** The results are not needed any more. */
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private nameOf(job: J): string {
    const known = this.names.get(job);
    if (known !== undefined) return known;
    const name = `${sha256(serialize({ version: packageVersion(), job }))}.bin`;
    this.names.set(job, name);
    return name;
  }
}
