import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LockedPackage, locked, manifest, production, ROOT, readJson } from './lock.ts';

/** Licences that let anyone use, change and pass on, if notices are kept: for packages that users install. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

/** Further licences, and the packages that may have them: all are of development alone, and nothing of them is shipped. */
const IN_DEVELOPMENT: Readonly<Record<string, RegExp>> = {
  'BlueOak-1.0.0': /^minimatch$/, // permissive, in aws-cdk-lib
  'MPL-2.0': /^(axe-core|lightningcss(-.*)?)$/, // accessibility of pages in tests; style sheets in vitest. Used unchanged
};

/** Whether one of the alternatives of an SPDX expression is allowed; other expressions than alternatives are not. */
function isAllowed({ name, license = 'none', dev }: LockedPackage): boolean {
  const alternatives = license.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((each) => PERMISSIVE.includes(each) || (dev === true && IN_DEVELOPMENT[each]?.test(name)));
}

const described = ({ path, license }: LockedPackage): string => `${path}: ${license}`;

describe('licences', () => {
  it('are permissive in what users install', () => {
    expect(production.length).toBeGreaterThan(100);
    expect(production.filter((each) => !isAllowed(each)).map(described)).toEqual([]);
  });

  it('are permissive in what development needs, known exceptions apart', () => {
    expect(locked.filter((each) => !isAllowed(each)).map(described)).toEqual([]);
  });

  it('are those that the installed packages say themselves', () => {
    const other = locked
      .filter(({ path }) => existsSync(join(ROOT, path, 'package.json')))
      .filter(({ path, license }) => readJson<{ license?: string }>(`${path}/package.json`).license !== license);
    expect(other.map(described)).toEqual([]);
  });

  it('refuse what is unknown, missing, joined by AND, or allowed in development only', () => {
    const refused = ['GPL-3.0-only', undefined, 'MIT AND GPL-3.0-only', 'MPL-2.0', 'SEE LICENSE IN LICENSE'];
    const packages = refused.map((license) => ({ path: 'p', name: 'axe-core', version: '1.0.0', license }));
    expect(packages.filter((each) => isAllowed(each as LockedPackage))).toEqual([]);
  });

  it('of the project is MIT', () => {
    expect(manifest.license).toBe('MIT');
  });
});
