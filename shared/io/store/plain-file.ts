import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { IntegrityError } from '../../errors.ts';

// without the flag a named pipe is waited for until somebody writes to it, past every signal; Windows has neither
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Open a file, use it, close it.
 *
 * @throws {IntegrityError} if a pipe, a folder or a device is in its place
 */
export async function withPlainFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, READ);
  try {
    if (!(await file.stat()).isFile())
      throw new IntegrityError(
        'a pipe, a folder or a device is where a file is expected',
        { file: path },
        'Remove it, or put the file back.',
      );
    return await use(file);
  } finally {
    await file.close();
  }
}
