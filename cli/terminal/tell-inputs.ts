import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { filesBelow } from '../../shared/io/store/files.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { detail, isVerbose } from './terminal.ts';

/** With --verbose, say what is read: files with size and SHA-256. What is not there is left to whoever reads it. */
export async function tellInputs(paths: readonly (string | undefined)[]): Promise<void> {
  if (!isVerbose()) return;
  for (const path of paths) {
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (path === undefined || found === undefined) continue;
    if (found.isDirectory()) detail(`reading ${path}: ${formatCount((await filesBelow(path)).length)} files`);
    else if (found.isFile()) detail(`reading ${path}: ${formatCount(found.size)} bytes, SHA-256 ${await hashOf(path)}`);
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
  return hash.digest('hex');
}
