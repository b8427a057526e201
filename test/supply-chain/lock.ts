import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A package as `package-lock.json` has it; npm leaves out what is false. */
export interface LockedPackage {
  readonly path: string; // folder that it is installed to, such as node_modules/d3
  readonly name: string;
  readonly version: string;
  readonly license?: string; // an SPDX expression
  readonly integrity?: string;
  readonly resolved?: string;
  readonly inBundle?: boolean; // it lies in the archive of the package above it, and is covered by that one's integrity
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

/** A JSON file of the checkout, by its path from the root. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as T;
}

export const manifest = readJson<Manifest>('package.json');

const { packages } = readJson<{ packages: Record<string, Omit<LockedPackage, 'path' | 'name'>> }>('package-lock.json');

/** Every package of the lockfile but the project itself. */
export const locked: readonly LockedPackage[] = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, path, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));

/** What is installed for those who use the project, without what only its development needs. */
export const production = locked.filter(({ dev }) => !dev);
