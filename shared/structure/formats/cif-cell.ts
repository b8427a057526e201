import { InputError } from '../../errors.ts';
import { latticeFromParameters } from '../lattice.ts';
import type { CifBlock } from './cif-syntax.ts';
import { findColumn, knownText, parseNumber } from './cif-values.ts';
import { isIdentity, parseOperation, type SymmetryOperation } from './symmetry.ts';

const MAX_OPERATIONS = 384; // a conventional cell has 192 at most (Fm-3m)

const OPERATION_TAGS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];

/** Tags that name the space group, and what they say for the one without symmetry. */
const GROUP_TAGS: Readonly<Record<string, string>> = {
  '_space_group_name_h-m_alt': 'p1',
  '_space_group_name_h-m_full': 'p1',
  '_symmetry_space_group_name_h-m': 'p1',
  _space_group_name_hall: 'p1',
  _symmetry_space_group_name_hall: 'p1',
  _space_group_it_number: '1',
  _symmetry_int_tables_number: '1',
};

const IDENTITY: SymmetryOperation = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 0] };

/**
 * Lattice of a data block, shape (3, 3) row-major in Å.
 *
 * @throws {InputError} for a length, angle or volume that is missing, no number or not positive
 */
export function readLattice(block: CifBlock, file: string): Float64Array {
  const [a, b, c] = ['a', 'b', 'c'].map((axis) => positive(block, `_cell_length_${axis}`, file));
  const [alpha, beta, gamma] = ['alpha', 'beta', 'gamma'].map((angle) => positive(block, `_cell_angle_${angle}`, file));
  if (block.values.has('_cell_volume')) positive(block, '_cell_volume', file, true);
  const lattice = latticeFromParameters([a, b, c], [alpha, beta, gamma]);
  if (lattice.every(Number.isFinite)) return lattice;
  throw new InputError(
    `no cell has the angles ${alpha}, ${beta} and ${gamma} degrees`,
    { file, line: findColumn(block, ['_cell_angle_alpha'])?.values[0]?.line, column: '_cell_angle_alpha' },
    'Each angle is less than 180 and than the sum of the other two, and the three sum to less than 360.',
  );
}

/** The one value of a tag. An unknown one is an error unless it is optional, when it is taken for 1. */
function positive(block: CifBlock, tag: string, file: string, optional = false): number {
  const value = findColumn(block, [tag])?.values[0];
  const number = value === undefined ? undefined : parseNumber(value, tag, file);
  if (number === undefined && optional) return 1;
  if (number !== undefined && number > 0) return number;
  throw new InputError(
    number === undefined ? 'the cell parameter is missing' : `the cell parameter is ${number}, not positive`,
    { file, line: value?.line ?? block.line, column: tag },
    'Give the cell lengths in Å and the angles in degrees.',
  );
}

/**
 * The symmetry operations of a data block; without any, those of P1.
 *
 * @throws {InputError} if an operation cannot be read or the identity is missing, and if a space group other than P1 is
 *   named without its operations: atoms would be missing without a word
 */
export function readOperations(block: CifBlock, file: string): readonly SymmetryOperation[] {
  const column = findColumn(block, OPERATION_TAGS);
  const listed = (column?.values ?? []).filter((value) => knownText(value) !== undefined);
  if (column === undefined || listed.length === 0) {
    requireP1(block, file);
    return [IDENTITY];
  }
  const place = { file, line: listed[0].line, column: column.tag };
  if (listed.length > MAX_OPERATIONS)
    throw new InputError(`${listed.length} symmetry operations are too many`, place, `Give ${MAX_OPERATIONS} at most.`);
  const operations = listed.map(({ text, line }) => parseOperation(text, { ...place, line }));
  if (!operations.some(isIdentity))
    throw new InputError('the identity x, y, z is not among the symmetry operations', place, 'Give all operations.');
  return operations;
}

function requireP1(block: CifBlock, file: string): void {
  for (const [tag, p1] of Object.entries(GROUP_TAGS)) {
    const value = block.values.get(tag)?.[0];
    const group = value === undefined ? undefined : knownText(value);
    if (value === undefined || group === undefined || group.replaceAll(/[\s_]/g, '').toLowerCase() === p1) continue;
    throw new InputError(
      `the space group ${JSON.stringify(group.slice(0, 40))} is named and its symmetry operations are not listed`,
      { file, line: value.line, column: tag },
      'Add the operations (_symmetry_equiv_pos_as_xyz), or write all atoms of the cell in P 1.',
    );
  }
}
