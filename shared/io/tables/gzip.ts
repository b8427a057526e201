import { gunzipSync } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { MAX_UNPACKED } from '../../limits.ts';

/**
 * Unpack gzip data as a whole.
 *
 * @param file for messages
 * @throws {InputError} if it is damaged, or unpacks to more than {@link MAX_UNPACKED} bytes
 */
export function unpackGzip(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problems: Readonly<Record<string, string>> = {
      ERR_BUFFER_TOO_LARGE: `the gzip data unpacks to more than ${MAX_UNPACKED} bytes`,
      Z_BUF_ERROR: 'the gzip data ends in the middle of the file',
    };
    const problem = problems[code ?? ''] ?? `the gzip data is damaged (${message})`;
    throw new InputError(problem, { file }, 'Fetch or make the file again.', { cause: error });
  }
}
