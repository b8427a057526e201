import { describe, expect, it } from 'vitest';
import { signedVolume } from '../../../shared/structure/lattice.ts';
import { LITHIUM_FLUORIDE } from '../../lithium-fluoride.ts';
import { parseOptimadeLine } from './parsers.ts';

const ATTRIBUTES = {
  ...LITHIUM_FLUORIDE,
  nsites: 2,
};
const line = (change: object) =>
  JSON.stringify({ id: 'mp-1', type: 'structures', attributes: { ...ATTRIBUTES, ...change } });

describe('parseOptimadeLine', () => {
  it('reads symbols at sites', () => {
    const { id, atomicNumbers, fractional } = parseOptimadeLine(line({}), {});
    expect([id, ...atomicNumbers]).toEqual(['mp-1', 3, 9]);
    expect([...fractional]).toEqual([0, 0, 0, 0.5, 0.5, 0.5]);
  });

  it('reads species that share a site, leaving vacancies empty', () => {
    const species = [
      { name: 'mixed', chemical_symbols: ['Li', 'Na', 'vacancy'], concentration: [0.5, 0.25, 0.25] },
      { name: 'F', chemical_symbols: ['F'], concentration: [1] },
    ];
    const structure = parseOptimadeLine(line({ species, species_at_sites: ['mixed', 'F'] }), {});
    expect([...structure.atomicNumbers]).toEqual([3, 11, 9]);
    expect([...structure.occupancies]).toEqual([0.5, 0.25, 1]);
    expect([...structure.sites]).toEqual([0, 0, 1]);
  });

  it('multiplies occupancies by the probabilities of groups that exclude each other', () => {
    const change = {
      species_at_sites: ['Li', 'Na', 'F'],
      cartesian_site_positions: [...LITHIUM_FLUORIDE.cartesian_site_positions.slice(0, 1), [0, 0, 0.001], [2, 2, 2]],
      species: undefined,
      nsites: 3,
      structure_features: ['assemblies'],
    };
    const groups = (sites_in_groups: unknown, group_probabilities: unknown) =>
      line({ ...change, assemblies: [{ sites_in_groups, group_probabilities }] });
    const { occupancies, sites } = parseOptimadeLine(groups([[0], [1]], [0.25, 0.75]), {});
    expect([[...occupancies], [...sites]]).toEqual([
      [0.25, 0.75, 1],
      [0, 0, 2], // the two of one position exclude each other
    ]);
    const { atomicNumbers } = parseOptimadeLine(groups([[0, 2], [1]], [1, 0]), {});
    expect([...atomicNumbers], 'a group that is never there').toEqual([3, 9]);
    const refused = (sites: unknown, probabilities: unknown) => () =>
      parseOptimadeLine(groups(sites, probabilities), { file: 'a.jsonl', line: 4 });
    expect(refused([[0], [0]], [0.5, 0.5])).toThrow(/^a\.jsonl:4:assemblies: .*site 0 is in two groups/);
    expect(refused([[0], [3]], [0.5, 0.5])).toThrow('names the site 3, and there are 0 to 2');
    expect(refused([[0], [-1]], [0.5, 0.5])).toThrow('names the site -1');
    expect(refused([[0], [1]], [0.5])).toThrow('lacks sites_in_groups and as many group_probabilities');
    expect(refused([[0], [1]], [50, 50])).toThrow('the probability 50 is not between 0 and 1');
    expect(refused([[0], [1]], [0.6, 0.6])).toThrow('sum to 1.2');
    expect(refused([0, 1], [0.5, 0.5])).toThrow('the group 0 is no list');
    expect(() => parseOptimadeLine(line({ ...change, assemblies: null }), {})).toThrow(
      /exclude each other, and they are missing\. Fetch the structure again/,
    );
  });

  it('reads a left-handed cell as its mirror image', () => {
    const [a, b, c] = LITHIUM_FLUORIDE.lattice_vectors;
    const { lattice, fractional } = parseOptimadeLine(line({ lattice_vectors: [b, a, c] }), {});
    expect([signedVolume(lattice) > 0, [...fractional]]).toEqual([true, [0, 0, 0, 0.5, 0.5, 0.5]]);
  });

  it.each([{ dimension_types: [1, 1, 1] }, { nperiodic_dimensions: 3 }, { dimension_types: null }])(
    'reads a crystal that says so: %j',
    (change) => {
      expect(parseOptimadeLine(line(change), {}).id).toBe('mp-1');
    },
  );

  it.each([
    ['a line that is cut off', line({}).slice(0, 90), /^a\.jsonl:4: is no valid JSON .* it ends with/],
    ['an unknown element', line({ species_at_sites: ['Li', 'Xx'] }), /^a\.jsonl:4:species_at_sites: .*"Xx"/],
    ['an unknown atom', line({ species_at_sites: ['Li', 'X'] }), /"X" is no known element/],
    [
      'a coordinate that is no number',
      line({
        cartesian_site_positions: [
          [0, 0, 0],
          [0, Number.NaN, 0],
        ],
      }),
      /entry 2, \[0,null,0\]/,
    ],
    ['too few positions', line({ cartesian_site_positions: [[0, 0, 0]] }), /lists 2 sites, and there are 1 positions/],
    [
      'more sites than a cell holds',
      line({ species_at_sites: Array(10_001).fill('Li'), cartesian_site_positions: Array(10_001).fill([0, 0, 0]) }),
      /a\.jsonl:4:species_at_sites: .*lists 10001 sites, more than 10000/,
    ],
    ['another number of sites', line({ nsites: 3 }), /a\.jsonl:4:nsites: .*is 3, and 2 sites/],
    [
      'a cell without volume',
      line({
        lattice_vectors: [
          [1, 0, 0],
          [2, 0, 0],
          [0, 0, 1],
        ],
      }),
      /^a\.jsonl:4: .*mp-1.*volume is 0/,
    ],
    ['a missing cell', line({ lattice_vectors: null }), /a\.jsonl:4:lattice_vectors: .*no list of vectors/],
    ['atoms without positions', line({ structure_features: ['implicit_atoms'] }), /implicit_atoms/],
    ['attached atoms', line({ structure_features: ['site_attachments'] }), /site_attachments/],
    [
      'attached atoms of a species',
      line({
        species: [{ name: 'Li', chemical_symbols: ['Li'], concentration: [1], attached: ['H'], nattached: [2] }],
      }),
      /a\.jsonl:4:species: .*Li has atoms attached \(H\) that have no positions/,
    ],
    [
      'an element at no site',
      line({ elements: ['F', 'H', 'Li'] }),
      /a\.jsonl:4:elements: .*H is listed, and at no site/,
    ],
    [
      'a species at no site',
      line({ species: ['Li', 'F', 'H'].map((name) => ({ name, chemical_symbols: [name], concentration: [1] })) }),
      /a\.jsonl:4:species: .*H is listed, and at no site/,
    ],
    [
      'two species of one name',
      line({ species: ['Li', 'Na'].map((symbol) => ({ name: 'Li', chemical_symbols: [symbol], concentration: [1] })) }),
      /Li is given twice, otherwise/,
    ],
    ['a layer', line({ dimension_types: [1, 1, 0] }), /a\.jsonl:4:dimension_types: .*in 2 directions of 3/],
    ['a molecule', line({ nperiodic_dimensions: 0 }), /a\.jsonl:4:nperiodic_dimensions: .*in 0 directions of 3/],
    ['sites of a part of the cell', line({ site_coordinate_span: 'asymmetric_unit' }), /not those of the whole cell/],
    ['a line that is no structure', '42', /no attributes in 42/],
    [
      'NaN',
      line({}).replace('"nsites":2', '"nsites":NaN'),
      /is no valid JSON \(NaN is no number in JSON: .*Write null/,
    ],
    [
      'an overfull species',
      line({ species: [{ name: 'Li', chemical_symbols: ['Li', 'Na'], concentration: [1, 0.5] }] }),
      /sum to 1.5/,
    ],
  ])('refuses %s, naming the place', (_, text, message) => {
    expect(() => parseOptimadeLine(text, { file: 'a.jsonl', line: 4 })).toThrow(message);
  });
});

describe('structures in the JSON of other programs', () => {
  const lattice = { matrix: LITHIUM_FLUORIDE.lattice_vectors };
  const pymatgen = { '@module': 'pymatgen.core.structure', '@class': 'Structure', lattice, sites: [] };
  const ase = { cell: LITHIUM_FLUORIDE.lattice_vectors, numbers: [3, 9], positions: [[0, 0, 0]] };

  it.each([
    ["pymatgen's JSON", pymatgen, 'Structure.to("x.cif")'],
    ["pymatgen's JSON", { lattice, sites: [] }, 'Structure.to("x.cif")'],
    ["pymatgen's JSON", { material_id: 'mp-1', structure: pymatgen }, 'doc.structure'],
    ["pymatgen's JSON", { entries: [{ energy: -1, structure: pymatgen }] }, 'Structure.to("x.cif")'],
    ["ASE's JSON", ase, 'ase.io.write("x.cif", atoms)'],
    ["ASE's JSON", { 1: ase, ids: [1], nextid: 2 }, 'ase.io.write("x.cif", atoms)'],
    ["JARVIS's JSON", { lattice_mat: [], coords: [], elements: [] }, 'write_cif("x.cif")'],
  ])('are named with the way out: %s %j', (name, value, remedy) => {
    const read = () => parseOptimadeLine(JSON.stringify(value), { file: 'a.json' });
    expect(read).toThrow(`a.json: structure a.json: is written in ${name}, not in OPTIMADE`);
    expect(read).toThrow(remedy);
  });

  it('are said to lack attributes if nobody knows them', () => {
    expect(() => parseOptimadeLine('{"atoms":[],"cell":1}', { file: 'a.json' })).toThrow(
      'a.json:attributes: structure a.json: there are no attributes, only atoms, cell',
    );
  });
});
