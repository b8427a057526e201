import { dirname } from 'node:path';
import { InputError } from '../shared/errors.ts';
import { makeDirectory } from '../shared/io/store/directory-store.ts';
import { fileError } from '../shared/io/store/file-error.ts';
import { type LockOwner, takeLock } from '../shared/io/store/file-lock.ts';

/**
 * Take a run, so that nobody else works on it, in this process or another. A lock whose process is gone is taken over.
 *
 * @returns releases the lock
 * @throws {InputError} if it is held
 */
export async function lockRun(path: string): Promise<() => Promise<void>> {
  try {
    await makeDirectory(dirname(path));
    const taken = await takeLock(path);
    if ('release' in taken) return taken.release;
    throw busy(path, taken.owner);
  } catch (error) {
    throw fileError(error, path);
  }
}

function busy(path: string, owner: LockOwner | undefined): InputError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new InputError(
    `${who} is at work on this run`,
    { file: path },
    'Wait for it or stop it; delete this file if that process is no ionsieve.',
  );
}
