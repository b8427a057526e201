import { type Content, type Html, html, render } from '../../shared/report/page/html.ts';

/** A table; all columns but the first are set to the right. */
export function table(header: readonly Content[], rows: readonly (readonly Content[])[]): Html {
  const line = (cells: readonly Content[], tag: 'th' | 'td'): Html => ({
    html: `<tr>${cells.map((cell) => `<${tag}>${render(cell)}</${tag}>`).join('')}</tr>`,
  });
  return html`<div class="table"><table><thead>${line(header, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td'))}</tbody></table></div>
`;
}
