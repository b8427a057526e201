import { composition, formatFormula } from '../../chemistry/formula.ts';
import { InputError, type Place } from '../../errors.ts';
import { MAX_OCCUPANTS } from '../../limits.ts';
import { coincidentPairs, intoCell } from '../coincidence.ts';
import { createStructure, type Structure } from '../structure.ts';
import { orbit, type SymmetryOperation } from '../symmetry/operations.ts';
import type { CifAtom } from './cif-atoms.ts';
import type { CifBlock } from './cif-syntax.ts';
import { declaredComposition, knownColumn } from './cif-values.ts';

/**
 * Images of one atom nearer than this (Å) are one atom on a special position, and atoms of different rows share a site.
 * Coordinates rounded to three decimals (1/3 as 0.333) miss a special position by less in cells up to 30 Å; of the 254
 * OBELiX structures, whose images coincide within 0.001 Å, the closest real split is 0.04 Å.
 */
const SAME_SITE = 0.02;

/** How far element fractions may be off the declared formula: nothing in an ordered crystal, refined ones round. */
const ORDERED_TOLERANCE = 1e-4;
const DISORDERED_TOLERANCE = 0.01;

/** How many atoms a cell may have beside what formula and number of formula units say: refined occupancies are off by some. */
const CONTENT_TOLERANCE = 0.03;

const MULTIPLICITY = ['_atom_site_site_symmetry_multiplicity', '_atom_site_symmetry_multiplicity'];

/** What a data block says of its atoms. */
interface Rows {
  readonly id: string; // of the structure
  readonly lattice: Float64Array; // shape (3, 3) row-major, Å
  readonly atoms: readonly CifAtom[];
  readonly file: string;
}

/** The atoms of a data block, to be put into the cell by symmetry operations. */
export class CellContents {
  private readonly block: CifBlock;
  private readonly rows: Rows;
  private readonly place: Place;

  constructor(block: CifBlock, rows: Rows) {
    this.block = block;
    this.rows = rows;
    this.place = { file: rows.file, line: rows.atoms[0]?.line ?? block.line };
  }

  /** The structure that operations make. Throws {@link InputError} if there is none, or not that of the declared formula. */
  under(operations: readonly SymmetryOperation[]): Structure {
    const { id, lattice, file } = this.rows;
    const { images, fractional } = this.expanded(operations);
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
      this.place,
    );
    requireDeclaredFormula(structure, this.block, file);
    return structure;
  }

  /**
   * Whether the cell has as many atoms as the block says; undefined if it says nothing. The formula is that of one formula unit,
   * as the core dictionary has it, or of the whole cell, as pymatgen writes it.
   */
  hasDeclaredCount({ occupancies }: Structure): boolean | undefined {
    const declared = declaredComposition(this.block);
    const units = Number(knownColumn(this.block, ['_cell_formula_units_z'])?.values[0].text);
    if (declared === undefined || !(units > 0)) return undefined;
    const amounts = [...declared.values()];
    const isOfCell = amounts.every((amount) => Number.isInteger(amount / units));
    const found = sum([...occupancies]);
    const isNear = (expected: number): boolean => Math.abs(found - expected) <= CONTENT_TOLERANCE * expected;
    return isNear(units * sum(amounts)) || (isOfCell && isNear(sum(amounts)));
  }

  /**
   * Whether operations make as many images of each atom as the block says; undefined if it says nothing. Programs write the
   * order of the site's symmetry under the same tag.
   */
  hasDeclaredMultiplicities(operations: readonly SymmetryOperation[]): boolean | undefined {
    const { atoms, lattice } = this.rows;
    const column = knownColumn(this.block, MULTIPLICITY);
    if (column === undefined) return undefined;
    const said = atoms.map(({ row }) => Number(column.values[row]?.text));
    const images = atoms.map(({ position }) => orbit(position, operations, lattice, SAME_SITE).length / 3);
    const isAlways = (expected: (i: number) => number): boolean =>
      said.every((value, i) => Number.isNaN(value) || value === expected(i));
    return isAlways((i) => images[i]) || isAlways((i) => operations.length / images[i]);
  }

  /** Whether operations map an atom on one of another row that is listed elsewhere: then the list is of more than one of each. */
  repeatsAtoms(operations: readonly SymmetryOperation[]): boolean {
    const { atoms, lattice } = this.rows;
    const listed = Float64Array.from(atoms.flatMap(({ position }) => position.map(intoCell)));
    const together = new Set(pairKeys(coincidentPairs(listed, lattice, SAME_SITE)));
    const { images, fractional } = this.expanded(operations);
    const row = new Map(atoms.map((atom, i) => [atom, i]));
    for (const [i, j] of coincidentPairs(fractional, lattice, SAME_SITE)) {
      const [first, second] = [images[i], images[j]].map((atom) => row.get(atom) as number).sort((a, b) => a - b);
      if (first !== second && !together.has(`${first} ${second}`)) return true;
    }
    return false;
  }

  /** Images are counted before they are compared with each other. */
  private expanded(operations: readonly SymmetryOperation[]): Images {
    const { atoms, lattice } = this.rows;
    if (atoms.length * operations.length > 10 * MAX_OCCUPANTS)
      this.fail(
        `${atoms.length} atoms under ${operations.length} symmetry operations are too many`,
        `At most ${MAX_OCCUPANTS} atoms fit a cell.`,
      );
    const expanded = expand(atoms, operations, lattice);
    const count = expanded.images.length;
    if (count > MAX_OCCUPANTS)
      this.fail(`${count} atoms are in the cell`, `At most ${MAX_OCCUPANTS} atoms fit a cell.`);
    return expanded;
  }

  private fail(problem: string, remedy: string): never {
    throw new InputError(problem, this.place, remedy);
  }
}

function pairKeys(pairs: Iterable<readonly [number, number]>): string[] {
  return Array.from(pairs, ([i, j]) => `${i} ${j}`);
}

/** Every atom of the cell. */
interface Images {
  readonly images: readonly CifAtom[]; // the row that each comes from
  readonly fractional: Float64Array; // shape (images, 3) row-major
}

function expand(atoms: readonly CifAtom[], operations: readonly SymmetryOperation[], lattice: Float64Array): Images {
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
