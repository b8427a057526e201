import { InputError } from '../../errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free space or choose another directory, and give the same command again.',
  EDQUOT: 'Your quota is used up: free space or choose another directory.',
  EACCES: 'Permission was denied: choose a directory that you can read and write.',
  EPERM: 'Permission was denied: choose a directory that you can read and write.',
  EROFS: 'The file system is read-only: choose another directory.',
  ENOENT: 'There is no such file: check the path.',
  ENOTDIR: 'A part of the path is a file, not a directory: choose another path.',
  EEXIST: 'A part of the path is a file, not a directory: choose another path.',
  EISDIR: 'This is a directory, not a file: name a file.',
  EFBIG: 'The file would be larger than is allowed: raise the limit (ulimit -f) or choose another file system.',
  ENAMETOOLONG: 'The name is too long: choose a shorter one.',
  ERR_FS_FILE_TOO_LARGE: 'The file has more than 2 GiB, which nothing here writes: check what it is.',
  ELOOP: 'The symbolic links lead round in a circle: name the file itself.',
  EBADF: 'Nothing is open under this number: name a file, or - for standard output.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
};

/** A file system error as an {@link InputError} with the path and a remedy; any other error as it is. */
export function fileError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !(code in REMEDIES)) return error;
  return new InputError(`cannot be accessed (${code})`, { file: path }, REMEDIES[code], { cause: error });
}
