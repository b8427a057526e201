import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import type { ObjectInfo } from '../../shared/io/store/store.ts';

/** A directory of which nothing is read that lies elsewhere: what a symbolic link leads out of it counts as absent. */
export class ContainedStore extends DirectoryStore {
  override async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.contains(key)) ? super.get(key) : undefined;
  }

  override async stat(key: string): Promise<ObjectInfo | undefined> {
    return (await this.contains(key)) ? super.stat(key) : undefined;
  }

  private async contains(key: string): Promise<boolean> {
    try {
      const [root, path] = [await realpath(this.location), await realpath(join(this.location, key))];
      return path.startsWith(root.endsWith(sep) ? root : root + sep);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return false;
      throw new InputError(`cannot be read (${message})`, { file: this.location }, 'Serve another directory.');
    }
  }
}
