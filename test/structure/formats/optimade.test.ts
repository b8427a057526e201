import { describe, expect, it } from 'vitest';
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
    ['a line that is no structure', '42', /no attributes/],
    [
      'an overfull species',
      line({ species: [{ name: 'Li', chemical_symbols: ['Li', 'Na'], concentration: [1, 0.5] }] }),
      /sum to 1.5/,
    ],
  ])('refuses %s, naming the place', (_, text, message) => {
    expect(() => parseOptimadeLine(text, { file: 'a.jsonl', line: 4 })).toThrow(message);
  });
});
