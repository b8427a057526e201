import { InputError } from '../../errors.ts';
import type { CifBlock, CifValue } from './cif-syntax.ts';
import {
  declaredComposition,
  elementOfLabel,
  elementOfType,
  findColumn,
  knownText,
  parseNumber,
} from './cif-values.ts';

/** One row of the list of atoms. */
export interface CifAtom {
  readonly name: string; // label, for messages
  readonly line: number;
  readonly z: number; // atomic number
  readonly position: readonly [number, number, number]; // fractional
  readonly occupancy: number; // in (0, 1]
}

const COORDINATE_TAGS = ['_atom_site_fract_x', '_atom_site_fract_y', '_atom_site_fract_z'];

/**
 * The atoms that a data block lists, before symmetry. Dummy atoms (`_atom_site_calc_flag` dum) are none.
 *
 * @throws {InputError} naming line, tag and value of an element, coordinate or occupancy that cannot be used
 */
export function readAtoms(block: CifBlock, file: string): CifAtom[] {
  const coordinates = COORDINATE_TAGS.map((tag) => requiredColumn(block, tag, file));
  const rows = coordinates[0].length;
  const occupancies = block.values.get('_atom_site_occupancy');
  const flags = block.values.get('_atom_site_calc_flag');
  const labels = block.values.get('_atom_site_label');
  const elements = readElements(block, rows, file);
  const atoms: CifAtom[] = [];
  for (let row = 0; row < rows; row++) {
    if (flags?.[row]?.text === 'dum') continue;
    const { line } = coordinates[0][row];
    const [x, y, z] = coordinates.map((values, k) => coordinate(values[row], COORDINATE_TAGS[k], file));
    atoms.push({
      name: labels?.[row] === undefined ? `atom ${row + 1}` : `${labels[row].text} (line ${line})`,
      line,
      z: elements[row],
      position: [x, y, z],
      occupancy: readOccupancy(occupancies?.[row], file),
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

function coordinate(value: CifValue, tag: string, file: string): number {
  const number = parseNumber(value, tag, file);
  if (number !== undefined) return number;
  throw new InputError(
    'the coordinate of an atom is unknown',
    { file, line: value.line, column: tag },
    'Complete the position of the atom.',
  );
}

function readElements(block: CifBlock, rows: number, file: string): number[] {
  const types = findColumn(block, ['_atom_site_type_symbol']);
  const column = types ?? findColumn(block, ['_atom_site_label']);
  if (column === undefined || column.values.length !== rows)
    throw new InputError(
      'the atoms have no elements',
      { file, line: block.line, column: '_atom_site_type_symbol' },
      'Give the type symbol or the label of every atom.',
    );
  const formula = new Set(declaredComposition(block)?.keys());
  return column.values.map((value) => {
    const place = { file, line: value.line, column: column.tag };
    return types === undefined ? elementOfLabel(value, formula, place) : elementOfType(value, place);
  });
}

/** Occupancy of a row; 1 where none is given, as the core dictionary has it. */
function readOccupancy(value: CifValue | undefined, file: string): number {
  if (value === undefined || knownText(value) === undefined) return 1;
  const tag = '_atom_site_occupancy';
  const occupancy = parseNumber(value, tag, file) ?? 1;
  if (occupancy > 0) return occupancy;
  throw new InputError(
    `the occupancy is ${occupancy}`,
    { file, line: value.line, column: tag },
    'An occupancy is above 0 and at most 1; leave out atoms that are not there.',
  );
}
