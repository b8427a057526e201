import { type Content, type Html, html } from './html.ts';

/** A table with a name for those who cannot see it; it scrolls where the page is narrow. */
export function plainTable(name: string, header: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table class="plain"><thead><tr>${header.map((title) => (title === '' ? html`<td></td>` : html`<th scope="col">${title}</th>`))}</tr></thead>
<tbody>${rows.map(([first, ...others]) => html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>
`;
}
