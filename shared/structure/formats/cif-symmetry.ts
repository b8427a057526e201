import { InputError } from '../../errors.ts';
import { operationsOfHall } from '../symmetry/hall-symbol.ts';
import {
  fitsLattice,
  IDENTITY,
  isIdentity,
  MAX_OPERATIONS,
  OperationSet,
  parseOperation,
  product,
  type SymmetryOperation,
} from '../symmetry/operations.ts';
import { type SpaceGroupSetting, settingsOfName, settingsOfNumber } from '../symmetry/space-group-names.ts';
import type { CifBlock } from './cif-syntax.ts';
import { type CifColumn, knownColumn, knownText } from './cif-values.ts';

/** What a data block says of its symmetry. */
export interface CifSymmetry {
  readonly listed?: readonly SymmetryOperation[]; // each once
  readonly named?: NamedGroup;
}

/** A space group that a data block names. */
export interface NamedGroup {
  readonly name: string; // as it is written
  readonly tag: string;
  readonly line: number;
  readonly isKnown: boolean;
  readonly readings: readonly GroupReading[]; // settings that it may mean and that fit the cell
}

/** One setting that the name of a space group may mean. */
export interface GroupReading {
  readonly name: string;
  readonly operations: readonly SymmetryOperation[];
}

const OPERATIONS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];

/** Operations and centrings of a magnetic group, which move atoms like others, whatever becomes of their moments. */
const MAGNETIC = ['_space_group_symop_magn_operation_xyz'];
const MAGNETIC_CENTRINGS = ['_space_group_symop_magn_centering_xyz'];

const HALL = ['_space_group_name_hall', '_symmetry_space_group_name_hall'];
const HERMANN_MAUGUIN = [
  '_space_group_name_h-m_alt',
  '_symmetry_space_group_name_h-m',
  '_space_group_name_h-m_full',
  '_space_group_name_h-m_ref',
];
const NUMBER = ['_space_group_it_number', '_symmetry_int_tables_number'];

/** Tags of structures that are modulated: their operations are those of a space of more than three dimensions. */
const MODULATED = /^_space_group_(symop_(magn_)?ssg_|ssg_)|^_cell_wave_vector_|^_atom_site_(fourier|displace_fourier)_/;

/**
 * Read the symmetry of a data block.
 *
 * @param lattice shape (3, 3) row-major, Å
 * @throws {InputError} for a modulated structure, an operation that cannot be read or does not fit the cell, and where the
 *   identity is missing
 */
export function readSymmetry(block: CifBlock, lattice: Float64Array, file: string): CifSymmetry {
  refuseModulated(block, file);
  const listed = readListed(block, lattice, file);
  const named = readNamed(block, lattice);
  return { ...(listed && { listed }), ...(named && { named }) };
}

function refuseModulated(block: CifBlock, file: string): void {
  for (const [tag, values] of block.values) {
    if (!MODULATED.test(tag) || !values.some((value) => knownText(value) !== undefined)) continue;
    throw new InputError(
      'the structure is modulated, and only its average is listed here',
      { file, line: values[0].line, column: tag },
      'Give a commensurate approximant with its atoms, or the average structure in a file of its own.',
    );
  }
}

function readListed(block: CifBlock, lattice: Float64Array, file: string): readonly SymmetryOperation[] | undefined {
  const magnetic = knownColumn(block, MAGNETIC);
  const column = magnetic ?? knownColumn(block, OPERATIONS);
  if (column === undefined) return undefined;
  const operations = readOperations(column, lattice, file);
  if (!operations.some(isIdentity))
    throw new InputError(
      'the identity x, y, z is not among the symmetry operations',
      { file, line: column.values[0].line, column: column.tag },
      'Give all operations.',
    );
  const centrings = magnetic && knownColumn(block, MAGNETIC_CENTRINGS);
  if (centrings === undefined) return operations;
  const shifts = readOperations(centrings, lattice, file);
  return new OperationSet([IDENTITY, ...shifts].flatMap((shift) => operations.map((o) => product(shift, o))))
    .operations;
}

function readOperations({ tag, values }: CifColumn, lattice: Float64Array, file: string): SymmetryOperation[] {
  const listed = values.filter((value) => knownText(value) !== undefined);
  const place = { file, line: listed[0].line, column: tag };
  if (listed.length > MAX_OPERATIONS)
    throw new InputError(`${listed.length} symmetry operations are too many`, place, `Give ${MAX_OPERATIONS} at most.`);
  const operations = listed.map(({ text, line }) => {
    const operation = parseOperation(text.replace(/,\s*[+-]?1\s*$/, ''), { ...place, line });
    if (fitsLattice(operation, lattice)) return operation;
    throw new InputError(
      `the cell does not have the symmetry ${text.trim()}`,
      { ...place, line },
      'Cell and operations are of different settings, or one is damaged: correct them.',
    );
  });
  return new OperationSet(operations).operations;
}

function readNamed(block: CifBlock, lattice: Float64Array): NamedGroup | undefined {
  const column = [HALL, HERMANN_MAUGUIN, NUMBER].flatMap((tags) => knownColumn(block, tags) ?? [])[0];
  if (column === undefined) return undefined;
  const [value] = column.values;
  const readings = readingsOf(block);
  return {
    name: value.text.trim().slice(0, 40),
    tag: column.tag,
    line: value.line,
    isKnown: readings.length > 0,
    readings: readings.filter(({ operations }) => operations.every((o) => fitsLattice(o, lattice))),
  };
}

/** Settings that the block's names allow: a Hall symbol is one, a name may be several, a number all of its group. */
function readingsOf(block: CifBlock): GroupReading[] {
  const [hall, name, number] = [HALL, HERMANN_MAUGUIN, NUMBER].map((tags) => firstText(block, tags));
  const operations = hall === undefined ? undefined : operationsOfHall(hall);
  if (hall !== undefined && operations !== undefined) return [{ name: hall, operations }];
  const byName = name === undefined ? [] : settingsOfName(name);
  const byNumber = number === undefined ? [] : settingsOfNumber(Number(number));
  return settingsOf(byName, byNumber).map((setting) => ({
    name: setting.name,
    operations: operationsOfHall(setting.hall) ?? [],
  }));
}

/** Settings of a name and of a number; none if they contradict each other. */
function settingsOf(
  byName: readonly SpaceGroupSetting[],
  byNumber: readonly SpaceGroupSetting[],
): readonly SpaceGroupSetting[] {
  if (byName.length === 0) return byNumber;
  return byNumber.length === 0 ? byName : byName.filter((setting) => setting.number === byNumber[0].number);
}

function firstText(block: CifBlock, tags: readonly string[]): string | undefined {
  const value = knownColumn(block, tags)?.values[0];
  return value && knownText(value);
}
