import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type LockedPackage, manifest, production, ROOT } from './lock.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly object[];
}

interface BillOfMaterials {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** As the release workflow makes it. */
const PRINT = fileURLToPath(new URL('../../dist/supply-chain/bill-of-materials.js', import.meta.url));
const bill = JSON.parse(execFileSync(process.execPath, [PRINT], { cwd: ROOT, encoding: 'utf8' })) as BillOfMaterials;

const identity = ({ name, version }: { name: string; version: string }): string => `${name}@${version}`;
const sha512 = ({ integrity = '' }: LockedPackage): string =>
  Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');

describe('the software bill of materials', () => {
  it('is CycloneDX 1.5, of this version of ionsieve', () => {
    expect([bill.bomFormat, bill.specVersion]).toEqual(['CycloneDX', '1.5']);
    expect(bill.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(bill.metadata.component.purl).toBe(`pkg:npm/${identity(manifest)}`);
  });

  it('lists every package that users install, and no other', () => {
    expect(bill.components.map(identity).sort()).toEqual([...new Set(production.map(identity))].sort());
    expect(bill.components.filter(({ type }) => type !== 'library')).toEqual([]);
  });

  it('has the SHA-512 of the lockfile, the address and the licence of each', () => {
    const hashes = new Map(production.map((each) => [identity(each), sha512(each)]));
    for (const component of bill.components) {
      expect(component.hashes).toEqual([{ alg: 'SHA-512', content: hashes.get(identity(component)) }]);
      expect(component.purl).toBe(`pkg:npm/${identity(component).replace(/^@/, '%40')}`);
      expect(component.licenses).toHaveLength(1);
    }
  });

  it('says what depends on what, from the project to each of them', () => {
    const edges = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set([bill.metadata.component['bom-ref']]);
    for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next);
    const all = bill.components.map((component) => component['bom-ref']);
    expect([...reached].sort()).toEqual([bill.metadata.component['bom-ref'], ...all].sort());
  });
});
