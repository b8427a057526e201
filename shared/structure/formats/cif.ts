import { composition, formatFormula } from '../../chemistry/formula.ts';
import { InputError } from '../../errors.ts';
import { MAX_OCCUPANTS } from '../../limits.ts';
import { coincidentPairs } from '../coincidence.ts';
import { createStructure, type Structure } from '../structure.ts';
import { type CifAtom, readAtoms } from './cif-atoms.ts';
import { readLattice, readOperations } from './cif-cell.ts';
import { type CifBlock, parseCifBlocks } from './cif-syntax.ts';
import { declaredComposition } from './cif-values.ts';
import { orbit, type SymmetryOperation } from './symmetry.ts';

/**
 * Images of one atom nearer than this (Å) are one atom on a special position, and atoms of different rows share a site.
 * Coordinates rounded to three decimals (1/3 as 0.333) miss a special position by less in cells up to 30 Å; of the 254
 * OBELiX structures, whose images coincide within 0.001 Å, the closest real split is 0.04 Å.
 */
const SAME_SITE = 0.02;

/** How far element fractions may be off the declared formula: nothing in an ordered crystal, refined ones round. */
const ORDERED_TOLERANCE = 1e-4;
const DISORDERED_TOLERANCE = 0.05;

/**
 * The data blocks of a CIF that list atoms, one per structure; at least one.
 *
 * @param name identifier of the structure; those of several blocks get their block's name after it
 * @param file named in messages
 * @throws {InputError} naming line and value if the text is no CIF, or lists no atoms
 */
export function atomBlocks(text: string, name: string, file = name): { id: string; block: CifBlock }[] {
  const blocks = parseCifBlocks(text, file).filter(({ values }) => values.has('_atom_site_fract_x'));
  if (blocks.length === 0)
    throw new InputError(
      'no data block lists atoms with fractional coordinates',
      { file, line: text.trimEnd().split('\n').length },
      'The file may be cut off: fetch it again.',
    );
  return blocks.map((block, i) => ({ id: blocks.length === 1 ? name : `${name}:${i + 1}:${block.name}`, block }));
}

/**
 * The structure of one data block: symmetry operations are applied, an atom that is mapped on itself is kept once, and
 * atoms at one position share a site.
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
  const { images, fractional } = expand(atoms, operations, lattice);
  if (images.length > MAX_OCCUPANTS)
    throw new InputError(`${images.length} atoms are in the cell`, place, `At most ${MAX_OCCUPANTS} atoms fit a cell.`);
  const structure = createStructure(
    {
      id,
      lattice,
      atomicNumbers: images.map(({ z }) => z),
      fractional,
      occupancies: images.map(({ occupancy }) => occupancy),
      sites: sharedSites(fractional, lattice),
      origin: (i) => images[i],
    },
    place,
  );
  requireDeclaredFormula(structure, block, file);
  return structure;
}

/** Every atom of the cell: the row it comes from and its position, shape (images, 3) row-major. */
function expand(
  atoms: readonly CifAtom[],
  operations: readonly SymmetryOperation[],
  lattice: Float64Array,
): { images: CifAtom[]; fractional: Float64Array } {
  const images: CifAtom[] = [];
  const positions: number[] = [];
  for (const atom of atoms) {
    const found = orbit(atom.position, operations, lattice, SAME_SITE);
    for (let i = 0; i < found.length; i += 3) images.push(atom);
    for (const x of found) positions.push(x);
  }
  return { images, fractional: Float64Array.from(positions) };
}

/** A file that is cut off between two atoms is still a CIF, but its atoms no longer make its formula. */
function requireDeclaredFormula({ id, atomicNumbers, occupancies }: Structure, block: CifBlock, file: string): void {
  const declared = declaredComposition(block);
  if (declared === undefined) return;
  const found = composition(atomicNumbers, occupancies);
  const total = sum(found.amounts);
  const declaredTotal = sum([...declared.values()]);
  const tolerance = occupancies.every((occupancy) => occupancy === 1) ? ORDERED_TOLERANCE : DISORDERED_TOLERANCE;
  const fractions = new Map(found.atomicNumbers.map((z, i) => [z, found.amounts[i] / total]));
  for (const z of new Set([...declared.keys(), ...fractions.keys()])) {
    const [wanted, given] = [(declared.get(z) ?? 0) / declaredTotal, fractions.get(z) ?? 0];
    if (wanted > 0 && given > 0 && Math.abs(wanted - given) <= tolerance) continue;
    const value = block.values.get('_chemical_formula_sum')?.[0];
    throw new InputError(
      `structure ${id}: the atoms make ${formatFormula(found)}, and the declared formula is ${value?.text}`,
      { file, line: value?.line, column: '_chemical_formula_sum' },
      'The list of atoms may be cut off, or lack atoms such as hydrogen: complete it, or correct the formula.',
    );
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Site numbers in which atoms at one position are equal: the lowest index among them. */
function sharedSites(fractional: Float64Array, lattice: Float64Array): Uint32Array {
  const sites = Uint32Array.from({ length: fractional.length / 3 }, (_, i) => i);
  const root = (i: number): number => {
    let site = i;
    while (sites[site] !== site) site = sites[site];
    return site;
  };
  for (const [i, j] of coincidentPairs(fractional, lattice, SAME_SITE)) {
    const [first, second] = [root(i), root(j)];
    sites[Math.max(first, second)] = Math.min(first, second);
  }
  return sites.map((_, i) => root(i));
}
