import { describe, expect, it } from 'vitest';
import { composition, formatFormula } from '../../../shared/chemistry/formula.ts';
import { readStructures } from '../../../shared/structure/formats/read-structures.ts';
import { sharedCase } from '../../shared-data.ts';

/** What is in the cell of the only structure of a case. */
async function contents(path: string): Promise<string> {
  for await (const result of readStructures([path])) {
    if ('error' in result) throw result.error;
    return formatFormula(composition(result.structure.atomicNumbers, result.structure.occupancies));
  }
  throw new Error(`${path} has no structure`);
}

const READ = [
  ['c00', 'cif/00-reference.cif'],
  ['c01', 'cif/c01-only-identity-named-group.cif'],
  ['c04', 'cif/c04-new-tag-unknown-old-tag-real.cif'],
  ['c05', 'cif/c05-mcif-renamed.cif'],
  ['c06', 'cif/c06-empty-loop.cif'],
  ['c07', 'cif/c07-su-with-decimal-point.cif'],
  ['c09', 'cif/c09-zero-occupancy.cif'],
  ['c71', 'cif/c71-P1-expanded-but-named-Fm-3m.cif'],
  ['c72', 'cif/c72-dummy-flagged-type-unknown.cif'],
  ['c72b', 'cif/c72b-dummy-flagged-label-only.cif'],
  ['p00', 'poscar/p00-reference.vasp'],
  ['p03', 'poscar/p03-symbols-comment.vasp'],
  ['p03b', 'poscar/p03b-symbols-hash-comment.vasp'],
] as const;

const REFUSED = [
  ['c13', 'cif/c13-label-wat.cif', /:17:_atom_site_label: "Wat1" is no known element/],
  ['c16', 'cif/c16-attached-hydrogens.cif', /:20:_atom_site_attached_hydrogens: 1 hydrogen atoms are attached/],
  ['c32', 'cif/c32-cartesian-only.cif', /Cartesian coordinates are not read/],
  ['c56', 'cif/c56-dummy-label.cif', /:16:_atom_site_label: "Dum1" is no known element/],
  ['c58b', 'cif/c58b-cell-in-nm.cif', /a cell vector has 0.461 Å, less than between any two atoms/],
  ['c65', 'cif/c65-formula-with-D-atoms-missing.cif', /the atoms make Li2O2, and the declared formula is Li1 O1 D1/],
] as const;

describe('the cases of structure files', () => {
  for (const [id, file] of READ) {
    const path = sharedCase(file);
    it.skipIf(!path)(`${id} is read as Li8O4`, async () => {
      expect(await contents(path as string)).toBe('Li8O4');
    });
  }

  const tolerated = sharedCase('cif/c22b-occupancy-1.005.cif');
  it.skipIf(!tolerated)('c22b has an occupancy of 1.005, which is 1', async () => {
    expect(await contents(tolerated as string)).toBe('LiMgO');
  });

  for (const [id, file, says] of REFUSED) {
    const path = sharedCase(file);
    it.skipIf(!path)(`${id} is refused`, async () => {
      await expect(contents(path as string)).rejects.toThrow(says);
    });
  }
});
