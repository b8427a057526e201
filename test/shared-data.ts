import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../shared/', import.meta.url));

/**
 * Path of a file of the shared data set beside the checkout, or undefined where it is absent. Tests that need it are then
 * skipped visibly; in CI a missing file is a failure.
 */
export function sharedData(path: string): string | undefined {
  return sharedFile(`data/${path}`);
}

/** The same of a file of the cases: inputs as people have them. */
export function sharedCase(path: string): string | undefined {
  return sharedFile(`cases/${path}`);
}

function sharedFile(path: string): string | undefined {
  if (existsSync(ROOT + path)) return ROOT + path;
  if (process.env.CI === 'true') throw new Error(`${ROOT + path} is missing, and in CI nothing may be skipped`);
  return undefined;
}
