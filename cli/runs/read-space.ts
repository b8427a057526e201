import { openSpaceFile, type SpaceSource } from '../../local/shipped/spaces.ts';
import { detail } from '../terminal/terminal.ts';

/** Open a space file, and tell of it to those who want to know what is read; see `openSpaceFile`. */
export function readSpace(space: string): SpaceSource {
  const source = openSpaceFile(space);
  detail(`reading ${source.file}: SHA-256 ${source.sha256}`);
  return source;
}
