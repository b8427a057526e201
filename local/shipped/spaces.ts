import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { readBytesSync } from '../../shared/io/store/files.ts';
import { MAX_JSON } from '../../shared/limits.ts';
import { RUN_OPTIONS } from '../../shared/screen/run-option-table.ts';
import { parseSpace, type SpaceDefinition } from '../../shared/space/space-file.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { packagePath } from './package-root.ts';

const SHIPPED_SPACES = 'data/spaces';

/** The space that commands use unless told otherwise. */
export const DEFAULT_SPACE = RUN_OPTIONS.space.otherwise;

/** A space definition with the path that it was read from. */
export interface SpaceSource {
  readonly definition: SpaceDefinition;
  readonly file: string;
  readonly sha256: string; // of its text
}

/**
 * Read a space file.
 *
 * @param space a path, or the name of a file of data/spaces without its extension
 * @throws {InputError} if there is no such file or it is not a valid space file
 */
export function openSpaceFile(space: string): SpaceSource {
  const file = findSpaceFile(space);
  const text = readBytesSync(file, MAX_JSON).toString();
  return { definition: parseSpace(text, file), file, sha256: sha256(text) };
}

/**
 * Path of a space file.
 *
 * @param space that path, or the name of a file of data/spaces without its extension
 * @throws {InputError} if it is neither; a path may still lead nowhere
 */
export function findSpaceFile(space: string): string {
  const shipped = shippedSpaces();
  if (shipped.includes(space)) return join(packagePath(SHIPPED_SPACES), `${space}.json`);
  if (/[./\\]/.test(space)) return space;
  throw new InputError(
    `space ${JSON.stringify(space)} is neither a file nor a shipped space`,
    {},
    `Give the path of a space file, or one of ${shipped.join(', ')}.${didYouMean(space, shipped)}`,
  );
}

/** Names of the shipped spaces. */
export function shippedSpaces(): string[] {
  return readdirSync(packagePath(SHIPPED_SPACES))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
