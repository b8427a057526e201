import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operationsOfHall } from '../../../shared/structure/symmetry/hall-symbol.ts';

/** By Hall symbol: number of operations, and the beginning of a hash of them, as gemmi 0.7.5 has them. */
const GEMMI: Record<string, [number, string]> = JSON.parse(
  readFileSync(new URL('gemmi-operations.json', import.meta.url), 'utf8'),
);

/** Rotation and translation in 24ths, a line each, sorted, hashed. */
function fingerprint(symbol: string): [number, string] {
  const operations = operationsOfHall(symbol) ?? [];
  const lines = operations.map(({ rotation, translation }) =>
    [...rotation.map((v) => v + 0), ...translation.map((t) => Math.round(24 * t) % 24)].join(' '),
  );
  return [lines.length, createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16)];
}

it('the operations of 560 symbols are those that gemmi has', () => {
  const symbols = Object.keys(GEMMI);
  expect(symbols).toHaveLength(560);
  expect(Object.fromEntries(symbols.map((symbol) => [symbol, fingerprint(symbol)]))).toEqual(GEMMI);
});

it('a blank after the lattice may be missing', () => {
  expect(fingerprint('-P2ybc')).toEqual(GEMMI['-P 2ybc']);
});

it('what is no Hall symbol is not read', () => {
  for (const text of ['', 'P', 'P 5', 'F m -3 m', 'X 2', 'P 2yq', 'P 4*', '-P 2 (x+1/4,y,z)', 'P 3x 4', '?'])
    expect(operationsOfHall(text), text).toBeUndefined();
});
