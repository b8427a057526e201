import { InputError } from '../../errors.ts';
import { isFractional } from '../coincidence.ts';
import { elementOfLabel, elementOfType } from './cif-elements.ts';
import type { CifBlock, CifValue } from './cif-syntax.ts';
import { declaredComposition, knownText, parseNumber } from './cif-values.ts';

/** One row of the list of atoms. */
export interface CifAtom {
  readonly row: number; // in the list
  readonly name: string; // label, for messages
  readonly line: number;
  readonly z: number; // atomic number
  readonly position: readonly [number, number, number]; // fractional
  readonly occupancy: number; // in (0, 1]
}

const COORDINATE_TAGS = ['_atom_site_fract_x', '_atom_site_fract_y', '_atom_site_fract_z'];

/**
 * The atoms that a data block lists, before symmetry. Dummy atoms (`_atom_site_calc_flag` dum) and atoms of occupancy 0 are
 * none.
 *
 * @throws {InputError} naming line, tag and value of an element, coordinate or occupancy that cannot be used, and hydrogen
 *   atoms that are said to be there and have no position
 */
export function readAtoms(block: CifBlock, file: string): CifAtom[] {
  const coordinates = COORDINATE_TAGS.map((tag) => requiredColumn(block, tag, file));
  const elementAt = elementReader(block, file);
  const [occupancies, flags, labels, hydrogens] = ['occupancy', 'calc_flag', 'label', 'attached_hydrogens'].map(
    (name) => block.values.get(`_atom_site_${name}`),
  );
  const atoms: CifAtom[] = [];
  for (const [row, { line }] of coordinates[0].entries()) {
    const occupancy = readOccupancy(occupancies?.[row], file);
    if (flags?.[row]?.text === 'dum' || occupancy === 0) continue;
    refuseAttached(hydrogens?.[row], file);
    const [x, y, z] = coordinates.map((values, k) => coordinate(values[row], COORDINATE_TAGS[k], file));
    atoms.push({
      row,
      name: labels?.[row] === undefined ? `atom ${row + 1}` : `${labels[row].text} (line ${line})`,
      line,
      z: elementAt(row),
      position: [x, y, z],
      occupancy,
    });
  }
  return atoms;
}

function requiredColumn(block: CifBlock, tag: string, file: string): readonly CifValue[] {
  const values = block.values.get(tag);
  const rows = block.values.get(COORDINATE_TAGS[0])?.length;
  if (values !== undefined && values.length === rows) return values;
  throw new InputError(
    'the atoms have no such coordinate',
    { file, line: block.line, column: tag },
    'Give fractional coordinates x, y and z of every atom.',
  );
}

/** A fractional coordinate: a number, or a fraction such as 1/3. */
function coordinate(value: CifValue, tag: string, file: string): number {
  const [, numerator, denominator] = /^([+-]?\d+)\/([1-9]\d*)$/.exec(value.text.trim()) ?? [];
  const number = denominator === undefined ? parseNumber(value, tag, file) : Number(numerator) / Number(denominator);
  if (number !== undefined && !isFractional(number))
    throw new InputError(
      `the fractional coordinate is ${number}, far outside of the cell`,
      { file, line: value.line, column: tag },
      'It may be Cartesian: divide by the cell, or give it as the coordinate of an atom in the cell.',
    );
  if (number !== undefined) return number;
  throw new InputError(
    'the coordinate of an atom is unknown',
    { file, line: value.line, column: tag },
    'Complete the position of the atom.',
  );
}

/** Reads the element of a row: the type symbol, or the label where that is not known. */
function elementReader(block: CifBlock, file: string): (row: number) => number {
  const [types, labels] = ['_atom_site_type_symbol', '_atom_site_label'].map((tag) => block.values.get(tag));
  const formula = new Set(declaredComposition(block)?.keys());
  return (row) => {
    const type = types?.[row];
    if (type !== undefined && knownText(type) !== undefined)
      return elementOfType(type, formula, { file, line: type.line, column: '_atom_site_type_symbol' });
    const label = labels?.[row];
    if (label !== undefined && knownText(label) !== undefined)
      return elementOfLabel(label, formula, { file, line: label.line, column: '_atom_site_label' });
    throw new InputError(
      'the atoms have no elements',
      { file, line: (type ?? label)?.line ?? block.line, column: '_atom_site_type_symbol' },
      'Give the type symbol or the label of every atom.',
    );
  };
}

/** Hydrogen atoms that an atom has beside those with coordinates, as the core dictionary has it. */
function refuseAttached(value: CifValue | undefined, file: string): void {
  const tag = '_atom_site_attached_hydrogens';
  const count = value && parseNumber(value, tag, file);
  if (value === undefined || !count) return;
  throw new InputError(
    `${count} hydrogen atoms are attached, which have no positions`,
    { file, line: value.line, column: tag },
    'List the hydrogen atoms with their positions.',
  );
}

/** Occupancy of a row; 1 where none is given, as the core dictionary has it. */
function readOccupancy(value: CifValue | undefined, file: string): number {
  if (value === undefined || knownText(value) === undefined) return 1;
  const tag = '_atom_site_occupancy';
  const occupancy = parseNumber(value, tag, file) ?? 1;
  if (occupancy >= 0) return occupancy;
  throw new InputError(
    `the occupancy is ${occupancy}`,
    { file, line: value.line, column: tag },
    'An occupancy is between 0 and 1.',
  );
}
