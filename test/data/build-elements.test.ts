import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderElementTable } from '../../data/build-elements.ts';
import { ELEMENT_COLUMNS } from '../../shared/chemistry/element-columns.ts';
import { sharedData } from '../shared-data.ts';

const CSV = sharedData('elements.csv');
const COMMITTED = readFileSync(new URL('../../shared/chemistry/element-table.ts', import.meta.url), 'utf8');

const HEADER = [
  'symbol',
  ...ELEMENT_COLUMNS.map(({ csv }) => csv),
  'common_oxidation_states',
  'icsd_oxidation_states',
  'oxidation_states',
];

/** One CSV line; columns that are not named are empty. */
function line(cells: Record<string, string | number>): string {
  return HEADER.map((column) => cells[column] ?? '').join(',');
}

describe('element table', () => {
  it.skipIf(!CSV)('is what its builder makes from the shared CSV, byte for byte', () => {
    expect(renderElementTable(readFileSync(CSV as string, 'utf8'), 'elements.csv')).toBe(COMMITTED);
  });

  it('has null for an empty cell, and for 0 where that means that none is tabulated', () => {
    const radii = { average_ionic_radius_angstrom: 0, average_cationic_radius_angstrom: '0.0' };
    const hydrogen = { symbol: 'H', atomic_number: 1, electron_affinity_eV: 0, valence_s_electrons: 1, ...radii };
    const states = { common_oxidation_states: '-1 1', oxidation_states: '1' };
    const text = renderElementTable(`${HEADER.join(',')}\n${line({ ...hydrogen, ...states })}\n`, 'f.csv');
    const values = ELEMENT_COLUMNS.map(({ csv }) =>
      csv === 'atomic_number' || csv === 'valence_s_electrons' ? '1' : csv === 'electron_affinity_eV' ? '0' : 'null',
    );
    expect(text).toContain(`\n  ['H', [${values.join(', ')}], [-1, 1], [], [1]],\n];\n`);
  });

  it.each([
    ['a missing column', `${HEADER.slice(0, -1).join(',')}\n`, 'f.csv:1: column oxidation_states is missing'],
    [
      'a value that is no number',
      `${HEADER.join(',')}\n${line({ symbol: 'H', atomic_number: 1, boiling_point_K: 'hot' })}\n`,
      'f.csv:2:boiling_point_K: "hot" is not a number',
    ],
    [
      'a gap in the atomic numbers',
      `${HEADER.join(',')}\n${line({ symbol: 'H', atomic_number: 1 })}\n${line({ symbol: 'Li', atomic_number: 3 })}\n`,
      'f.csv:3:atomic_number: found 3, expected 2. Sort by atomic number.',
    ],
  ])('is not made from %s', (_, csv, problem) => {
    expect(() => renderElementTable(csv, 'f.csv')).toThrow(problem);
  });
});
