import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import type { RunSummary } from '../summary.ts';
import { type Content, type Html, html } from './html.ts';
import { SHARE_NAMES, shareClass } from './shades.ts';
import { percent } from './words.ts';

const NOBLE_GASES = [0, 2, 10, 18, 36, 54, 86, 118] as const; // each ends a period
const GROUPS = 18;
const PERIODS = 7;
const LANTHANUM = 57;
const ACTINIUM = 89;
const SERIES = 15; // elements of a row below the table

/** Where an element stands: rows 1 to 7 are periods, 8 and 9 lanthanoids and actinoids; columns 1 to 18. */
export function cellOf(z: number): { readonly row: number; readonly column: number } {
  for (const [i, first] of [LANTHANUM, ACTINIUM].entries())
    if (z >= first && z < first + SERIES) return { row: PERIODS + 1 + i, column: 3 + z - first };
  const row = NOBLE_GASES.findIndex((last) => z <= last);
  const offset = z - NOBLE_GASES[row - 1] - 1;
  const fromEnd = NOBLE_GASES[row] - z;
  return { row, column: offset < 2 && fromEnd > 0 ? offset + 1 : GROUPS - fromEnd };
}

/** The elements that were screened, shaded by the share of their compositions that pass, if that is known. */
export function periodicTable(elements: RunSummary['elements']): Html {
  const at = new Map<string, Content>();
  for (let z = 1; z < SYMBOLS.length; z++) {
    const { row, column } = cellOf(z);
    at.set(`${row} ${column}`, html`<td>${SYMBOLS[z]}</td>`);
  }
  for (const element of elements) {
    const { row, column } = cellOf(atomicNumber(element.symbol) as number);
    at.set(`${row} ${column}`, elementCell(element));
  }
  const columns = Array.from({ length: GROUPS }, (_, c) => c + 1);
  const rows = Array.from({ length: PERIODS + 2 }, (_, r) => r + 1);
  const isKnown = elements.every(({ passed }) => passed !== undefined);
  const shades = SHARE_NAMES.map((name, i) => html`<li class="${`q${i}`}">${name}</li>`);
  return html`<div class="scroll" role="region" aria-label="Periodic table" tabindex="0"><table class="periodic" id="periodic">
<caption>${isKnown ? 'Share of the compositions with an element that pass.' : 'Elements of compositions that were scored.'} Grey elements were not screened.</caption>
${rows.map((row) => html`<tr>${columns.map((column) => at.get(`${row} ${column}`) ?? html`<td></td>`)}</tr>\n`)}</table></div>
${isKnown ? html`<ul class="legend" aria-label="Shades">${shades}</ul>\n` : ''}`;
}

function elementCell({ symbol, screened, passed }: RunSummary['elements'][number]): Html {
  if (passed === undefined) return html`<td data-element="${symbol}">${symbol}</td>`;
  const share = percent(passed, screened);
  return html`<td class="${`q${shareClass(passed / screened)}`}" data-element="${symbol}" title="${`${symbol}: ${passed} of ${screened} pass`}">${symbol}<small>${share}</small></td>`;
}
