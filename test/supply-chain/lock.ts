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
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
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

/**
 * What is installed for those who use the project, without what only its development needs: all that is reached from its
 * dependencies. The lockfile's `dev` does not tell: npm drops it where an optional peer, which users do not get, is a
 * package of development.
 */
export const production: readonly LockedPackage[] = reachedFrom(manifest.dependencies);

function reachedFrom(dependencies: Readonly<Record<string, string>>): readonly LockedPackage[] {
  const byPath = new Map(locked.map((each) => [each.path, each]));
  const reached = new Set(Object.keys(dependencies).map((name) => byPath.get(`node_modules/${name}`)));
  for (const each of reached)
    for (const name of neededBy(each)) reached.add(byPath.get(resolved(each?.path ?? '', name, byPath)));
  return [...reached].filter((each) => each !== undefined);
}

function neededBy(each: LockedPackage | undefined): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = each ?? {};
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Path of a package as Node.js finds it from another: in the nearest `node_modules` above. */
function resolved(from: string, name: string, byPath: ReadonlyMap<string, unknown>): string {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (from === '' || byPath.has(path)) return path;
  return resolved(from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), name, byPath);
}
