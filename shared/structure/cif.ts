import { InputError } from '../errors.ts';
import { type CifAtom, readAtoms } from './cif-atoms.ts';
import { readLattice, readOperations } from './cif-cell.ts';
import { type CifBlock, parseCifBlocks } from './cif-syntax.ts';
import { coincidentPairs } from './coincidence.ts';
import { createStructure, MAX_OCCUPANTS, type Structure } from './structure.ts';
import { orbit } from './symmetry.ts';

/**
 * Images of one atom nearer than this (Å) are one atom on a special position.
 */
const SPECIAL_POSITION = 0.1;

/** Atoms of different rows nearer than this (Å) share a site. */
const SHARED_SITE = 0.01;

/**
 * The structures of a CIF, one per data block that lists atoms: symmetry operations are applied, an atom that is mapped
 * on itself is kept once, and atoms at one position share a site.
 *
 * @param name identifier of the structure; those of several blocks get their block's name after it
 * @param file named in messages
 * @throws {InputError} naming line, tag and value if the text is no CIF, or a structure in it is not usable
 */
export function parseCif(text: string, name: string, file = name): Structure[] {
  return atomBlocks(text, name, file).map(({ id, block }) => readCifBlock(block, id, file));
}

/** The data blocks of a CIF that list atoms, with the identifiers of their structures; at least one. */
export function atomBlocks(text: string, name: string, file = name): { id: string; block: CifBlock }[] {
  const blocks = parseCifBlocks(text, file).filter(({ values }) => values.has('_atom_site_fract_x'));
  if (blocks.length === 0)
    throw new InputError(
      'no data block lists atoms with fractional coordinates',
      { file },
      'The file may be cut off: fetch it again.',
    );
  return blocks.map((block, i) => ({ id: blocks.length === 1 ? name : `${name}:${i + 1}:${block.name}`, block }));
}

/**
 * The structure of one data block.
 *
 * @throws {InputError} naming line, tag and value that is missing or not usable
 */
export function readCifBlock(block: CifBlock, id: string, file: string): Structure {
  const lattice = readLattice(block, file);
  const operations = readOperations(block, file);
  const atoms = readAtoms(block, file);
  const place = { file, line: atoms[0]?.line ?? block.line };
  if (atoms.length * operations.length > 10 * MAX_OCCUPANTS)
    throw new InputError(
      `${atoms.length} atoms under ${operations.length} symmetry operations are too many`,
      place,
      `At most ${MAX_OCCUPANTS} atoms fit a cell.`,
    );
  const images: CifAtom[] = [];
  const positions: number[] = [];
  for (const atom of atoms) {
    const found = orbit(atom.position, operations, lattice, SPECIAL_POSITION);
    for (let i = 0; i < found.length; i += 3) images.push(atom);
    for (const x of found) positions.push(x);
  }
  const fractional = Float64Array.from(positions);
  const input = {
    id,
    lattice,
    atomicNumbers: images.map(({ z }) => z),
    fractional,
    occupancies: images.map(({ occupancy }) => occupancy),
    sites: sharedSites(fractional, lattice),
    origin: (i: number) => images[i],
  };
  return createStructure(input, place);
}

/** Site numbers in which atoms at one position are equal: the lowest index among them. */
function sharedSites(fractional: Float64Array, lattice: Float64Array): Uint32Array {
  const sites = Uint32Array.from({ length: fractional.length / 3 }, (_, i) => i);
  const root = (i: number): number => {
    let site = i;
    while (sites[site] !== site) site = sites[site];
    return site;
  };
  for (const [i, j] of coincidentPairs(fractional, lattice, SHARED_SITE)) {
    const [first, second] = [root(i), root(j)];
    sites[Math.max(first, second)] = Math.min(first, second);
  }
  return sites.map((_, i) => root(i));
}
