import { expect, it } from 'vitest';
import { atomicNumber } from '../../../shared/chemistry/elements.ts';
import { html, render } from '../../../shared/report/page/html.ts';
import { cellOf, periodicTable } from '../../../shared/report/page/periodic-table.ts';

it.each([
  ['H', 1, 1],
  ['He', 1, 18],
  ['Be', 2, 2],
  ['B', 2, 13],
  ['Ar', 3, 18],
  ['Sc', 4, 3],
  ['Zn', 4, 12],
  ['Te', 5, 16],
  ['Ba', 6, 2],
  ['La', 8, 3],
  ['Lu', 8, 17],
  ['Hf', 6, 4],
  ['Rn', 6, 18],
  ['Pu', 9, 8],
])('%s stands in row %i, column %i', (symbol, row, column) => {
  expect(cellOf(atomicNumber(symbol) as number)).toEqual({ row, column });
});

it('no two elements stand in one place', () => {
  const places = Array.from({ length: 103 }, (_, i) => JSON.stringify(cellOf(i + 1)));
  expect(new Set(places).size).toBe(103);
});

it('shades by the share that passes', () => {
  const page = render(
    periodicTable([
      { symbol: 'Li', screened: 1000, passed: 0 },
      { symbol: 'S', screened: 400, passed: 200 },
    ]),
  );
  expect(page).toContain(
    render(html`<td class="q0" data-element="Li" title="Li: 0 of 1000 pass">Li<small>0 %</small></td>`),
  );
  expect(page).toContain('<td class="q6" data-element="S" title="S: 200 of 400 pass">S<small>50 %</small></td>');
});
