import { describe, expect, it } from 'vitest';
import { composition, formatFormula } from '../../../shared/chemistry/formula.ts';
import { operationsOfHall } from '../../../shared/structure/symmetry/hall-symbol.ts';
import { parseCif } from './parsers.ts';

const CUBIC = '4.61 4.61 4.61 90 90 90';
const LITHIA = ['Li1 Li 0.25 0.25 0.25', 'O1 O 0 0 0'];

interface Given {
  readonly cell?: string;
  readonly head?: readonly string[];
  readonly operations?: readonly string[];
  readonly atoms?: readonly string[];
  readonly columns?: readonly string[];
}

function cif({ cell = CUBIC, head = [], operations = [], atoms = LITHIA, columns = [] }: Given): string {
  const parameters = ['length_a', 'length_b', 'length_c', 'angle_alpha', 'angle_beta', 'angle_gamma'];
  const values = cell.split(' ');
  const symmetry = operations.length === 0 ? [] : ['loop_', '_symmetry_equiv_pos_as_xyz', ...operations];
  const tags = ['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z', ...columns].map((tag) => `_atom_site_${tag}`);
  const cellLines = parameters.map((name, i) => `_cell_${name} ${values[i]}`);
  return ['data_x', ...cellLines, ...head, ...symmetry, 'loop_', ...tags, ...atoms, ''].join('\n');
}

/** What is in the cell. */
function contents(given: Given): string {
  const [{ atomicNumbers, occupancies }] = parseCif(cif(given), 'x');
  return formatFormula(composition(atomicNumbers, occupancies));
}

/** Operations as x, y, z of a group by its Hall symbol. */
function triplets(hall: string): string[] {
  const expression = (row: readonly number[], t: number): string =>
    `${row.map((v, i) => (v === 0 ? '' : `${v > 0 ? '+' : '-'}${'xyz'[i]}`)).join('')}+${t}`;
  return (operationsOfHall(hall) ?? []).map(
    ({ rotation, translation }) =>
      `'${[0, 1, 2].map((i) => expression(rotation.slice(3 * i, 3 * i + 3), translation[i])).join(',')}'`,
  );
}

const named = (name: string): string => `_symmetry_space_group_name_H-M '${name}'`;

describe('a space group that is named without its operations', () => {
  it.each([
    ['by its full name', [named('F m -3 m')]],
    ['without blanks', ['_space_group_name_H-M_alt Fm-3m']],
    ['as before 1983', [named('F m 3 m')]],
    ['by its number', ['_space_group_IT_number 225']],
    ['by its Hall symbol', ["_space_group_name_Hall '-F 4 2 3'"]],
    ['by name and number', [named('F m -3 m'), '_symmetry_Int_Tables_number 225']],
  ])('is read %s', (_, head) => {
    expect(contents({ head })).toBe('Li8O4');
  });

  it('takes the origin that its formula allows, and is refused where both do', () => {
    const spinel = { cell: '8 8 8 90 90 90', atoms: ['Li1 Li 0.125 0.125 0.125', 'O1 O 0.5 0.5 0.5'] };
    const head = (...more: string[]): string[] => [named('F d -3 m'), ...more];
    expect(contents({ ...spinel, head: head("_chemical_formula_sum 'Li O2'") })).toBe('Li8O16');
    expect(contents({ ...spinel, head: head("_chemical_formula_sum 'Li2 O'") })).toBe('Li16O8');
    expect(contents({ ...spinel, head: [named('F d -3 m Z')] })).toBe('Li8O16');
    expect(contents({ ...spinel, head: [named('F d -3 m:1')] })).toBe('Li16O8');
    expect(() => contents({ ...spinel, head: head() })).toThrow(
      'x:8:_symmetry_space_group_name_h-m: the space group "F d -3 m" is named without its operations, and may be F d -3 m:1 or F d -3 m:2.',
    );
  });

  it('takes the axes that the cell has', () => {
    const atoms = ['Li1 Li 0 0 0.25', 'O1 O 0 0 0'];
    expect(contents({ cell: '3 3 14 90 90 120', head: [named('R -3 m')], atoms })).toBe('Li6O3');
    const rhombohedral = { cell: '5 5 5 40 40 40', atoms: ['Li1 Li 0.25 0.25 0.25', 'O1 O 0 0 0'] };
    expect(contents({ ...rhombohedral, head: [named('R -3 m')] })).toBe('Li2O');
    expect(() => contents({ head: [named('R -3 m')] })).not.toThrow();
    expect(() => contents({ cell: '4 5 6 90 90 90', head: [named('F m -3 m')] })).toThrow('and does not fit the cell');
  });

  it.each([
    ['multiplicities', { columns: ['symmetry_multiplicity'], atoms: ['Li1 Li 0.25 0.25 0.25 8', 'O1 O 0 0 0 8'] }],
    ['the number of formula units', { head: ["_chemical_formula_sum 'Li2 O'", '_cell_formula_units_Z 2'] }],
    ['another group', { head: ['_symmetry_Int_Tables_number 166'] }],
    ['atoms that are images of others', { atoms: [...LITHIA, 'Li2 Li 0.75 0.75 0.75'] }],
  ])('is refused where it is contradicted by %s', (_, { head = [], ...given }: Given) => {
    expect(() => contents({ ...given, head: [named('F m -3 m'), ...head] })).toThrow(/is named without its operations/);
  });

  it('is refused where nobody knows it', () => {
    const head = [named('P n m a (0b0)')];
    expect(() => contents({ head })).toThrow('"P n m a (0b0)" is named without its operations, and is not known');
    expect(() => contents({ head, operations: ["'x,y,z'"] })).toThrow('1 symmetry operation is listed, fewer than');
  });
});

describe('operations fewer than those of the named group', () => {
  const head = [named('F m -3 m')];

  it('are completed where only the centrings are missing', () => {
    const withoutCentring = triplets('-P 4 2 3');
    expect(withoutCentring).toHaveLength(48);
    expect(contents({ head, operations: withoutCentring })).toBe('Li8O4');
  });

  it('are completed where one is missing, or refused where no name tells which', () => {
    const operations = triplets('-F 4 2 3').slice(0, -1);
    expect(contents({ head, operations })).toBe('Li8O4');
    expect(() => contents({ operations })).toThrow('191 symmetry operations are listed, and others that they make');
  });

  it('are enough for a whole cell, also one of which the file says how many atoms it has', () => {
    const corners = ['0 0 0', '0 .5 .5', '.5 0 .5', '.5 .5 0'];
    const eighths = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [1, 2, 4].map((bit) => (n & bit ? '.75' : '.25')).join(' '));
    const atoms = [...corners.map((p, i) => `O${i} O ${p}`), ...eighths.map((p, i) => `Li${i} Li ${p}`)];
    const operations = ["'x,y,z'"];
    expect(contents({ head, operations, atoms })).toBe('Li8O4');
    const vacancy = { operations, atoms: atoms.slice(0, -1) };
    expect(contents({ ...vacancy, head: [...head, "_chemical_formula_sum 'Li7 O4'", '_cell_formula_units_Z 1'] })).toBe(
      'Li7O4',
    );
    expect(() => contents({ ...vacancy, head })).toThrow('atoms are listed that are images of others');
  });

  it('are all there is where the cell is not that of the group', () => {
    const cell = '3.26 3.26 3.26 60 60 60';
    const atoms = ['Li1 Li .25 .25 .25', 'Li2 Li .75 .75 .75', 'O1 O 0 0 0'];
    expect(contents({ cell, head, operations: ["'x,y,z'"], atoms })).toBe('Li2O');
  });
});

it('operations that the cell does not have are refused', () => {
  expect(() => contents({ cell: '4 4 5 90 90 90', operations: ["'x,y,z'", "'z,x,y'"] })).toThrow(
    'x:11:_symmetry_equiv_pos_as_xyz: the cell does not have the symmetry z,x,y',
  );
});

describe('magnetic and modulated structures', () => {
  const magnetic = (...operations: string[]): string[] => [
    'loop_',
    '_space_group_symop_magn_operation.id',
    '_space_group_symop_magn_operation.xyz',
    ...operations.map((operation, i) => `${i + 1} ${operation}`),
  ];

  it('of magnetic groups are read, whose operations turn moments as well', () => {
    const centrings = ['loop_', '_space_group_symop_magn_centering.xyz', 'x,y,z,+1', 'x+1/2,y+1/2,z+1/2,-1'];
    const head = ['_space_group_magn.name_BNS "P_I -1"', ...magnetic('x,y,z,+1', '-x,-y,-z,-1'), ...centrings];
    expect(contents({ head })).toBe('Li2O2');
  });

  it('of superspace groups are refused', () => {
    const head = ['_cell_modulation_dimension 1', "_space_group_ssg_name 'Pnma(0b0)000'"];
    expect(() => contents({ head })).toThrow('x:9:_space_group_ssg_name: the structure is modulated');
  });
});
