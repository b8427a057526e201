import { expect, it } from 'vitest';
import { isClosedShell } from '../../shared/chemistry/electron-shells.ts';
import { atomicNumber } from '../../shared/chemistry/elements.ts';

const closed = (symbol: string, states: readonly number[]): number[] =>
  states.filter((state) => isClosedShell(atomicNumber(symbol) as number, state));

it.each([
  ['Li', [1, 2], [1]],
  ['H', [-1, 1], [-1, 1]],
  ['Mg', [1, 2], [2]],
  ['B', [-3, 1, 2, 3], [1, 3]],
  ['C', [-4, -2, 2, 3, 4], [-4, 2, 4]],
  ['N', [-3, -2, 3, 5], [-3, 3, 5]],
  ['P', [-3, -1, 3, 4, 5], [-3, 3, 5]],
  ['S', [-2, -1, 2, 4, 6], [-2, 4, 6]],
  ['Cl', [-1, 5, 7], [-1, 5, 7]],
  ['Ti', [2, 3, 4], [4]],
  ['Nb', [3, 4, 5], [5]],
  ['Ta', [3, 4, 5], [5]],
  ['Zr', [2, 3, 4], [4]],
  ['Sc', [2, 3], [3]],
  ['Re', [3, 4, 5, 6, 7], [7]],
  ['Rh', [1, 2, 3, 4], []],
  ['Fe', [2, 3, 4, 6], []],
  ['Mn', [2, 3, 4, 7], [7]],
  ['Cu', [1, 2, 3], [1]],
  ['Ag', [1, 2], [1]],
  ['Au', [1, 3], [1]],
  ['Zn', [1, 2], [2]],
  ['Hg', [1, 2], [2]],
  ['Sn', [2, 3, 4], [2, 4]],
  ['La', [2, 3], [3]],
  ['Ce', [2, 3, 4], [3, 4]],
  ['Eu', [2, 3], [2, 3]],
  ['Gd', [2, 3], [3]],
  ['U', [4, 6], []],
])('%s has closed shells in %j as %j', (symbol, states, expected) => {
  expect(closed(symbol, states)).toEqual(expected);
});
