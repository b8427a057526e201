import { type Html, html } from './html.ts';

/** A count for people: 1234567 → 1,234,567. Not by locale: the page is the same bytes everywhere. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share as percent with three significant digits: 3.71 %. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Number(((100 * part) / whole).toPrecision(3))} %`;
}

/** A formula with its amounts as subscripts. */
export function formulaHtml(formula: string): Html {
  return { html: formula.replace(/[&<>"']/g, '').replace(/\d+(\.\d+)?/g, '<sub>$&</sub>') };
}

/** The beginning of a hash, which names a file well enough for people. */
export function shortHash(hash: string): Html {
  return html`<code>${hash.slice(0, 12)}</code>`;
}

/** Median of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
