import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locked, manifest, ROOT, readJson } from './lock.ts';

const direct = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

/**
 * Packages that ask to run a script when they are installed, and why they work without.
 * `ignore-scripts` in `.npmrc` keeps all scripts from running, also those of a later version that is not on this list.
 */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  esbuild: 'replaces its launcher by the binary, to start sooner; the binary itself is a package for each platform',
  'onnxruntime-node': 'downloads the CUDA provider, which is not used; the CPU provider is in the package',
};

describe('the lockfile', () => {
  it('is of the packages that package.json names, each pinned to one version', () => {
    expect(direct.filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual([]);
    const versions = Object.fromEntries(locked.map(({ path, version }) => [path, version]));
    expect(direct.filter(([name, version]) => versions[`node_modules/${name}`] !== version)).toEqual([]);
  });

  it('replaces no version that a dependency asks for: npm would not do so for those who install the package', () => {
    expect(manifest.overrides).toBeUndefined();
  });

  it('has the SHA-512 of every archive', () => {
    const archives = locked.filter(({ inBundle }) => !inBundle);
    expect(archives.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  it('has packages of the public registry alone: no other address, no git repository, no folder', () => {
    const elsewhere = locked.filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere).toEqual([]);
  });

  it('locks the optional packages of every platform, without which npm ci fails', () => {
    const paths = new Set(locked.map(({ path }) => path));
    const missing = locked
      .filter(({ inBundle }) => !inBundle)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !paths.has(`node_modules/${name}`));
    expect(missing).toEqual([]);
  });
});

describe('an installation', () => {
  it('runs no script of any package', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
  });

  it('needs none: the packages that ask for one are known, with the reason why they work without', () => {
    const asking = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(asking.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
  });

  it('has the versions of the lockfile', () => {
    const other = locked
      .filter(({ path }) => existsSync(join(ROOT, path, 'package.json'))) // packages of other platforms are absent
      .filter(({ path, version }) => readJson<{ version: string }>(`${path}/package.json`).version !== version);
    expect(other.map(({ path }) => path)).toEqual([]);
  });
});
