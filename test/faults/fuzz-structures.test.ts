import { Readable } from 'node:stream';
import { formatFormula, parseFormula } from '../../shared/chemistry/formula.ts';
import { DescriptorUndefinedError } from '../../shared/errors.ts';
import { parsePoscar } from '../../shared/structure/formats/poscar.ts';
import {
  readStructureFile,
  type StructureResult,
  structureFile,
} from '../../shared/structure/formats/read-structures.ts';
import { signedVolume } from '../../shared/structure/lattice.ts';
import { createStructure, type Structure } from '../../shared/structure/structure.ts';
import { FEATURE_NAMES } from '../../shared/teacher/feature-names.ts';
import { structureFeatures } from '../../shared/teacher/features.ts';
import { LITHIUM_FLUORIDE } from '../lithium-fluoride.ts';
import { parseCif, parseOptimadeLine } from '../structure/formats/parsers.ts';
import { fuzz } from './fuzz.ts';

const CUBIC_CIF = `data_halite
_symmetry_space_group_name_H-M 'P m -3 m'
_cell_length_a 4.026(2)
_cell_length_b 4.026
_cell_length_c 4.026
_cell_angle_alpha 90
_cell_angle_beta 90.
_cell_angle_gamma 9.0E1
_chemical_formula_sum 'Li1 F1'
_comment
;
loop_ in a text field
;
loop_
_symmetry_equiv_pos_as_xyz
'x, y, z'
'-x,-y,-z'
'y+1/2, z+1/2, x'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Li1 Li1+ 0 0 0 1
F1 F1- 0.5 0.5 0.5 1
`;

const DISORDERED_CIF = `data_first
_cell_length_a 5 _cell_length_b 6 _cell_length_c 7
_cell_angle_alpha 80 _cell_angle_beta 100 _cell_angle_gamma 120
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z _atom_site_occupancy
Li1 .1 .2 .3 0.5
NA1 .1 .2 .3 0.25(1)
O2A 0.6 0.6 0.6 .
'O 3' 0.1 0.9 0.5 ?
data_second
_cell.length_a 5 _cell.length_b 5 _cell.length_c 5
_cell.angle_alpha 90 _cell.angle_beta 90 _cell.angle_gamma 90
loop_
_atom_site.fract_x _atom_site.fract_y _atom_site.fract_z _atom_site.type_symbol
0 0 0 Li
`;

const POSCAR = 'LiF\n2.0\n1.5 0 0\n0 1.5 0\n0 0 1.5\nLi F\n1 1\nDirect\n0 0 0 Li\n0.5 0.5 0.5 F\n';
const SELECTIVE = `Li F
-64.0 ! volume
3 0.1 0
0 3 0
0 0 3
Li_sv F/x
2 1
Selective dynamics
Cartesian
0 0 0 T T F
7.5d-1 0.75 0.75 F F F
1.5 0 1.5 T T T
0 0 0
`;
const OPTIMADE = JSON.stringify({ id: 'mp-1', type: 'structures', attributes: { ...LITHIUM_FLUORIDE, nsites: 2 } });
const SPECIES = JSON.stringify({
  id: 7,
  attributes: {
    ...LITHIUM_FLUORIDE,
    species_at_sites: ['mixed', 'F'],
    structure_features: ['disorder'],
    species: [
      { name: 'mixed', chemical_symbols: ['Li', 'Na', 'vacancy'], concentration: [0.5, 0.25, 0.25] },
      { name: 'F', chemical_symbols: ['F'], concentration: [1] },
    ],
  },
});

const CIF_WORDS =
  "data_ loop_ save_x ; ' \" # ? . 'x,y,z' -x+1/2,y,z x,x,x _atom_site_label _atom_site_calc_flag dum _atom_site_fract_x _cell_volume _space_group_symop_operation_xyz _chemical_formula_sum _space_group_IT_number D T Xx Co CO1 0.5(3) 1e5 \n;\n \r\n";
const POSCAR_WORDS = [
  'Direct',
  'Cartesian',
  'Selective',
  'K',
  '#',
  '!',
  ' 10000 ',
  '1e400',
  '-0',
  'd5',
  'Li_',
  'Xx',
  '\r',
];

/** What no accepted structure may be. */
function structureProblem({
  id,
  lattice,
  atomicNumbers,
  fractional,
  occupancies,
  sites,
}: Structure): string | undefined {
  const volume = signedVolume(lattice);
  if (!(volume > 0 && Number.isFinite(volume))) return `the volume of ${id} is ${volume}`;
  const count = atomicNumbers.length;
  if (count === 0 || fractional.length !== 3 * count || occupancies.length !== count || sites.length !== count)
    return 'lengths differ';
  if (!fractional.every((x) => x >= 0 && x < 1)) return `a coordinate is ${fractional.find((x) => !(x >= 0 && x < 1))}`;
  if (!occupancies.every((x) => x > 0 && x <= 1)) return 'an occupancy is not in (0, 1]';
  if (!atomicNumbers.every((z) => z >= 1)) return 'an element is unknown';
  const { id: again } = createStructure({ id, lattice, atomicNumbers, fractional, occupancies, sites });
  if (again !== id) return 'it is not a structure when given again';
  return featureProblem({ id, lattice, atomicNumbers, fractional, occupancies, sites });
}

/** Features of the teacher are finite, or there is a reason why there are none. */
function featureProblem(structure: Structure): string | undefined {
  try {
    const values = Object.values(structureFeatures(structure, 3, FEATURE_NAMES));
    return values.every(Number.isFinite) ? undefined : `its features are ${values}`;
  } catch (error) {
    if (error instanceof DescriptorUndefinedError) return undefined;
    throw error;
  }
}

const first = (structures: readonly Structure[]): string | undefined =>
  structures.map(structureProblem).find((problem) => problem !== undefined);

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

fuzz({
  name: 'CIF',
  inputs: 100_000,
  corpus: [CUBIC_CIF, DISORDERED_CIF],
  words: CIF_WORDS.split(' '),
  read: (bytes) => parseCif(text(bytes), 'x', 'x.cif'),
  problem: first,
});

fuzz({
  name: 'POSCAR',
  inputs: 120_000,
  corpus: [POSCAR, SELECTIVE],
  words: POSCAR_WORDS,
  read: (bytes) => parsePoscar(text(bytes), 'x', 'POSCAR'),
  problem: structureProblem,
});

fuzz({
  name: 'OPTIMADE line',
  inputs: 120_000,
  corpus: [OPTIMADE, SPECIES],
  words: ['"vacancy"', 'null', '[', ']', '{', '}', ',', '"Li"', '1e999', '"structure_features":["implicit_atoms"],'],
  json: true,
  read: (bytes) => parseOptimadeLine(text(bytes), { file: 'x.jsonl', line: 1 }),
  problem: structureProblem,
});

fuzz({
  name: 'structure files',
  inputs: 30_000,
  corpus: [
    `${OPTIMADE}\n${SPECIES}\n`,
    `{"x-optimade":{}}\n${OPTIMADE}\n\n`,
    `{\n"data": [${OPTIMADE}]}\n`,
    `[${OPTIMADE},\n${SPECIES}]`,
  ],
  words: ['\n', '"data"', '"attributes"', '[', '{', ']', '}', '\r\n', '{"type":"info"}\n'],
  read: async (bytes) => {
    const source = { name: 'x.json', open: () => Readable.from([bytes]) };
    const results: StructureResult[] = [];
    for await (const result of readStructureFile(structureFile(source, 'x.json')!)) results.push(result);
    return results;
  },
  problem: (results) =>
    results.length === 0
      ? 'nothing was said'
      : first(results.flatMap((result) => ('structure' in result ? [result.structure] : []))),
});

fuzz({
  name: 'formula',
  inputs: 300_000,
  corpus: ['Li6.4La3Zr1.4Ta0.6O12', 'Li10Ge(PS6)2', 'Li2SO4·H2O', '75Li2S·25P2S5', '[Li(H2O)4]{Cl}.5H2O', 'Li_2'],
  words: [
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '·',
    '•',
    '.',
    '*',
    ' ',
    '0.5',
    '.5',
    '1e3',
    '½',
    '₂',
    'Li',
    'Xx',
    '-',
    '\u200b',
    'ﷺ',
  ],
  read: (bytes) => parseFormula(text(bytes), { file: 'x.csv', line: 2, column: 'formula' }),
  problem: ({ atomicNumbers, amounts }) => {
    if (amounts.length === 0 || !amounts.every((amount) => amount > 0 && Number.isFinite(amount)))
      return `amounts are ${amounts}`;
    const written = formatFormula({ atomicNumbers, amounts });
    const again = parseFormula(written);
    const same = again.atomicNumbers.join() === atomicNumbers.join();
    const near = again.amounts.every((amount, i) => Math.abs(amount - amounts[i]) <= 1e-6);
    return same && near ? undefined : `it is written ${written}`;
  },
});
