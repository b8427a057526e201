import { describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/errors.ts';
import { createRandom, randomInteger } from '../../../shared/random.ts';
import { signedVolume } from '../../../shared/structure/lattice.ts';
import { parseCif } from './parsers.ts';

/** The 192 operations of Fm-3m: signed permutations of x, y, z, each with the four centrings of the face-centred cell. */
function faceCentredCubic(): string[] {
  const permutations = ['xyz', 'xzy', 'yxz', 'yzx', 'zxy', 'zyx'];
  const centrings = [
    ['', '', ''],
    ['', '+1/2', '+1/2'],
    ['+1/2', '', '+1/2'],
    ['+1/2', '+1/2', ''],
  ];
  return permutations.flatMap((letters) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((signs) =>
      centrings.map((shift) =>
        [0, 1, 2].map((k) => `${signs & (1 << k) ? '-' : ''}${letters[k]}${shift[k]}`).join(', '),
      ),
    ),
  );
}

const ROCK_SALT = `#\\#CIF_1.1
data_halite  # a comment
_symmetry_space_group_name_H-M 'F m -3 m'
_CELL_LENGTH_A 5.6402(2)
_cell_length_b 5.6402(2)
_cell_length_c 5.6402(2)
_cell_angle_alpha 90
_cell_angle_beta 90.
_cell_angle_gamma 9.0E1
_cell_volume ?
_publ_section_comment
;
loop_ in a text field is "text', and # no comment
;
loop_
_symmetry_equiv_pos_as_xyz
${faceCentredCubic()
  .map((operation) => `'${operation}'`)
  .join('\n')}
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 Na1+ 0 0 0
Cl1 Cl1- 0.5 .5 0.5000(3)
`;

/** A cubic cell of 4 Å in P1 with the given columns after the label, and lines before them. */
function cell(columns: string[], rows: string[], head: string[] = []): string {
  const tags = ['label', 'fract_x', 'fract_y', 'fract_z', ...columns].map((tag) => `_atom_site_${tag}`);
  const parameters = ['a', 'b', 'c'].map((axis) => `_cell_length_${axis} 4`);
  const angles = ['alpha', 'beta', 'gamma'].map((angle) => `_cell_angle_${angle} 90`);
  return ['data_cell', ...parameters, ...angles, ...head, 'loop_', ...tags, ...rows, ''].join('\n');
}

const elements = (text: string) => [...parseCif(text, 'test')[0].atomicNumbers];

describe('parseCif', () => {
  it('expands rock salt from 2 atoms to the 8 of the cell, on their special positions', () => {
    const [{ id, lattice, atomicNumbers, fractional, sites }] = parseCif(ROCK_SALT, 'halite');
    expect(id).toBe('halite');
    expect(signedVolume(lattice)).toBeCloseTo(5.6402 ** 3, 9);
    expect([...atomicNumbers]).toEqual([11, 11, 11, 11, 17, 17, 17, 17]);
    expect(new Set(sites).size).toBe(8);
    const corners = new Set([0, 3, 6, 9].map((i) => fractional.subarray(i, i + 3).join()));
    expect(corners).toEqual(new Set(['0,0,0', '0,0.5,0.5', '0.5,0,0.5', '0.5,0.5,0']));
  });

  it('reads the same from Windows line ends and with a byte order mark', () => {
    expect(parseCif(`\uFEFF${ROCK_SALT.replaceAll('\n', '\r\n')}`, 'halite')).toEqual(parseCif(ROCK_SALT, 'halite'));
  });

  it('reads the tags of the newer dictionary', () => {
    const text = ROCK_SALT.replace('_symmetry_equiv_pos_as_xyz', '_space_group_symop.operation_xyz');
    expect(parseCif(text.replaceAll('_atom_site_', '_atom_site.'), 'halite')).toEqual(parseCif(ROCK_SALT, 'halite'));
  });

  it('lets atoms at one position share a site, and keeps a partly empty one', () => {
    const rows = ['Li1 0 0 0 0.75', 'Na1 0 0 0 0.25', 'F1 0.5 0.5 0.5 1.0', 'Li2 0.5 0 0 0.3(1)'];
    const [{ occupancies, sites }] = parseCif(cell(['occupancy'], rows), 'test');
    expect([...occupancies]).toEqual([0.75, 0.25, 1, 0.3]);
    expect([...sites]).toEqual([0, 0, 2, 3]);
  });

  it('does not merge a site that is split about a symmetry centre', () => {
    const head = ['loop_', '_symmetry_equiv_pos_as_xyz', 'x,y,z', '-x,-y,-z'];
    const [{ occupancies }] = parseCif(cell(['occupancy'], ['Li1 0.01 0 0 0.5', 'F1 0.5 0.5 0.5 1'], head), 'test');
    expect([...occupancies]).toEqual([0.5, 0.5, 1]);
  });

  it('has one structure per data block with atoms', () => {
    const blocks = ['data_global\n_audit_author_name ?', cell([], ['Li1 0 0 0']), cell([], ['F1 0 0 0'])].join('\n');
    expect(parseCif(blocks, 'two').map(({ id, atomicNumbers }) => [id, ...atomicNumbers])).toEqual([
      ['two:1:cell', 3],
      ['two:2:cell', 9],
    ]);
  });

  it.each([
    ['Li1+', 3],
    ['LI', 3],
    ['O2-', 8],
    ['Fe+3', 26],
    ['D', 1],
    ['W6+', 74],
  ])('reads the type symbol %s', (symbol, z) => {
    expect(elements(cell(['type_symbol'], [`X1 0 0 0 ${symbol}`]))).toEqual([z]);
  });

  it.each([
    ['Li1', 3],
    ['O2A', 8],
    ["O1'", 8],
    ['Li1_2', 3],
    ['Li(3)', 3],
    ['LI2', 3],
    ['Cl', 17],
    ['C12', 6],
  ])('reads the label %s where no type symbol is given', (label, z) => {
    expect(elements(cell([], [`${label} 0 0 0`]))).toEqual([z]);
  });

  it('reads a label with the name of a site where the formula has the element, but no hydroxide or water', () => {
    const head = ["_chemical_formula_sum 'Si1'"];
    expect(elements(cell([], ['SiA 0 0 0'], head))).toEqual([14]);
    expect(() => elements(cell([], ['SiA 0 0 0']))).toThrow('"SiA" is no known element');
    for (const label of ['O-H1', 'OH1', 'H2O1', 'Wat1'])
      expect(() => elements(cell([], [`${label} 0 0 0`], ["_chemical_formula_sum 'H2 O1'"]))).toThrow(
        /no known element/,
      );
  });

  it('asks the formula what a label in capitals means', () => {
    const head = ["_chemical_formula_sum 'Co1'"];
    expect(elements(cell([], ['CO1 0 0 0'], head))).toEqual([27]);
    expect(() => elements(cell([], ['CO1 0 0 0']))).toThrow(/:13:_atom_site_label: "CO1" may mean Co or C and O/);
  });

  it('passes over dummy atoms', () => {
    expect(elements(cell(['calc_flag'], ['Li1 0 0 0 d', 'X1 ? ? ? dum']).replaceAll('X1', 'F1'))).toEqual([3]);
  });
});

describe('parseCif refuses', () => {
  const good = cell(['occupancy'], ['Li1 0 0 0 1', 'F1 0.5 0.5 0.5 1']);

  it.each([
    ['an unknown element', good.replace('F1', 'Xx1'), /^a\.cif:15:_atom_site_label: "Xx1" is no known element/],
    ['a coordinate that is no number', good.replace('F1 0.5', 'F1 NaN'), /^a\.cif:15:_atom_site_fract_x: "NaN" is not/],
    ['an unknown coordinate', good.replace('F1 0.5', 'F1 ?'), /^a\.cif:15:_atom_site_fract_x: .*unknown/],
    ['an occupancy above 1', good.replace('0.5 1', '0.5 1.5'), /^a\.cif:15: .*F1 \(line 15\) has the occupancy 1\.5/],
    ['a negative occupancy', good.replace('0.5 1', '0.5 -1'), /^a\.cif:15:_atom_site_occupancy: the occupancy is -1/],
    ['atoms nearer than any two', good.replace('0.5 0.5 0.5', '0 0 .1'), /F1 \(line 15\) are 0.40 Å apart/],
    [
      'coordinates that are Cartesian',
      good.replace('0.5 0.5 0.5', '3.1 3.1 3.1'),
      /^a\.cif:15:_atom_site_fract_x: .*is 3.1, far outside/,
    ],
    ['a cell in nm', good.replaceAll(/length_(.) 4/g, 'length_$1 0.4'), /a cell vector has 0.4 Å, less than/],
    [
      'another volume',
      good.replace('loop_', '_cell_volume 65\nloop_'),
      /^a\.cif:8:_cell_volume: .* make 64 Å³, and .* 65/,
    ],
    ['an atom written twice', good.replace('0.5 0.5 0.5', '0 1 0'), /sum to 2\. .*delete an atom written twice/],
    [
      'two atoms in one place',
      good.replace('0.5 0.5 0.5', '0 0 .01'),
      /Li1 \(line 14\) and F1 \(line 15\) are at the same/,
    ],
    ['a negative cell length', good.replace('_a 4', '_a -4'), /^a\.cif:2:_cell_length_a: .*-4, not positive/],
    ['the cell length 0', good.replace('_b 4', '_b 0'), /^a\.cif:3:_cell_length_b: .*0, not positive/],
    ['a negative volume', good.replace('loop_', '_cell_volume -64\nloop_'), /^a\.cif:8:_cell_volume: .*-64, not/],
    [
      'angles that no cell has',
      good.replace('gamma 90', 'gamma 180.5'),
      /^a\.cif:5:_cell_angle_alpha: no cell has the angles 90, 90 and 180.5/,
    ],
    ['a missing cell length', good.replace('_cell_length_a 4', ''), /_cell_length_a: the cell parameter is missing/],
    ['a row that is cut off', good.slice(0, -9), /^a\.cif:8: the loop has 5 tags and 8 values/],
    ['a file cut off before the atoms', good.slice(0, good.indexOf('loop_')), /^a\.cif:7: no data block lists atoms/],
    ['an empty file', '', /^a\.cif:1: no data block lists atoms/],
    ['text that is no CIF', 'hello\n', /^a\.cif:1: "hello" stands before/],
    ['a quote without end', good.replace('Li1', "'Li1"), /^a\.cif:14: the quote "'Li1 0 0 0 1" has no end/],
    ['a text field without end', `${good};\nabc`, /^a\.cif:16: the text field/],
    [
      'a tag without value',
      good.replace('_cell_length_c 4', '_cell_length_c'),
      /^a\.cif:4:_cell_length_c: the tag has no/,
    ],
    ['a tag given twice', good.replace('_cell_length_b', '_cell_length_a'), /^a\.cif:3:_cell_length_a: .*twice/],
    [
      'operations without the identity',
      good.replace('loop_', "_symmetry_equiv_pos_as_xyz '-x,-y,-z'\nloop_"),
      /identity/,
    ],
    [
      'atoms that do not make the declared formula',
      good.replace('loop_', "_chemical_formula_sum 'Li F2'\nloop_"),
      /^a\.cif:8:_chemical_formula_sum: .*the atoms make LiF, and the declared formula is Li F2/,
    ],
  ])('%s, naming the place', (_, text, message) => {
    expect(() => parseCif(text, 'a', 'a.cif')).toThrow(InputError);
    expect(() => parseCif(text, 'a', 'a.cif')).toThrow(message);
  });

  it('nothing in another way than with an InputError: 2,000 random edits', () => {
    const random = createRandom(21);
    const pieces = ['\n', "'", ';', '_x', 'loop_', 'data_', '?', '-', '9', ' ', '#', 'e', '(', '\u0000'];
    for (let trial = 0; trial < 2000; trial++) {
      let text = trial % 2 === 0 ? good : ROCK_SALT.slice(-400);
      for (let edit = 0; edit < 3; edit++) {
        const at = randomInteger(random, text.length);
        const removed = randomInteger(random, 4);
        text = text.slice(0, at) + pieces[randomInteger(random, pieces.length)] + text.slice(at + removed);
      }
      try {
        parseCif(text, 'a');
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });

  it.each([
    ['digits', good.replace('F1 0.5', `F1 ${'1'.repeat(2e6)}x`)],
    ['quotes', good.replace('F1', `'${"a'b".repeat(1e6)}`)],
    ['blanks', good.replace('F1', `${' '.repeat(2e6)}F1`)],
    ['text fields', `${good}${';\n;\n'.repeat(5e5)}`],
  ])('or reads millions of %s in linear time', (_, text) => {
    const start = performance.now();
    try {
      parseCif(text, 'a');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('refuses more images of atoms than a cell holds before it compares them', () => {
    const head =
      'data_x _cell_length_a 99 _cell_length_b 99 _cell_length_c 99 _cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 90';
    const rows = Array.from({ length: 20_000 }, (_, i) => `Li 0 0.${i} 0`).join('\n');
    const tags = '_atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z';
    expect(() => parseCif(`${head}\nloop_ ${tags}\n${rows}`, 'x')).toThrow('x:3: 20000 atoms are in the cell');
  });
});
