import { InputError, type Place } from '../../errors.ts';
import type { Structure } from '../structure.ts';
import { readAtoms } from './cif-atoms.ts';
import { readLattice } from './cif-cell.ts';
import { CellContents } from './cif-contents.ts';
import { structureUnder } from './cif-readings.ts';
import { readSymmetry } from './cif-symmetry.ts';
import { type CifBlock, parseCifBlocks } from './cif-syntax.ts';

/**
 * The data blocks of a CIF that list atoms, one per structure; at least one.
 *
 * @param name identifier of the structure; those of several blocks get their block's name after it
 * @param file named in messages
 * @throws {InputError} naming line and value if the text is no CIF, or lists no atoms
 */
export function atomBlocks(text: string, name: string, file = name): { id: string; block: CifBlock }[] {
  const all = parseCifBlocks(text, file);
  const blocks = all.filter(({ values }) => values.get('_atom_site_fract_x')?.length);
  if (blocks.length === 0) throw noAtoms(all, { file, line: text.trimEnd().split('\n').length });
  return blocks.map((block, i) => ({ id: blocks.length === 1 ? name : `${name}:${i + 1}:${block.name}`, block }));
}

function noAtoms(blocks: readonly CifBlock[], place: Place): InputError {
  const isCartesian = blocks.some(({ values }) => values.get('_atom_site_cartn_x')?.length);
  return new InputError(
    'no data block lists atoms with fractional coordinates',
    place,
    isCartesian
      ? 'Write _atom_site_fract_x, y and z: Cartesian coordinates are not read.'
      : 'The file may be cut off: fetch it again.',
  );
}

/**
 * The structure of one data block: symmetry operations are applied, an atom that is mapped on itself is kept once, and
 * atoms at one position share a site.
 *
 * @throws {InputError} naming line, tag and value that is missing or not usable
 */
export function readCifBlock(block: CifBlock, id: string, file: string): Structure {
  const lattice = readLattice(block, file);
  const symmetry = readSymmetry(block, lattice, file);
  return structureUnder(symmetry, new CellContents(block, { id, lattice, atoms: readAtoms(block, file), file }), file);
}
