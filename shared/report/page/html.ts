/** HTML that needs no escaping any more. */
export interface Html {
  readonly html: string;
}

/** What may stand in a page: text, which is escaped, or HTML. */
export type Content = string | number | Html | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of some content: HTML as it is, everything else escaped. */
export function render(content: Content): string {
  if (typeof content === 'object') return 'html' in content ? content.html : content.map(render).join('');
  return String(content).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** Template tag: what is filled in is escaped, unless it is HTML. */
export function html(parts: TemplateStringsArray, ...filled: readonly Content[]): Html {
  return { html: parts.map((part, i) => part + (i < filled.length ? render(filled[i]) : '')).join('') };
}

/** A table; all columns but the first are set to the right. */
export function table(header: readonly Content[], rows: readonly (readonly Content[])[]): Html {
  const line = (cells: readonly Content[], tag: 'th' | 'td'): Html => ({
    html: `<tr>${cells.map((cell) => `<${tag}>${render(cell)}</${tag}>`).join('')}</tr>`,
  });
  return html`<div class="table"><table><thead>${line(header, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td'))}</tbody></table></div>
`;
}

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --back: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --faint: #9198a1; --line: #3d444d; --back: #0d1117; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
p, li { max-width: 46rem; } .faint { color: var(--faint); }
figure { margin: 1rem 0; } figcaption { color: var(--faint); font-size: 0.9rem; }
svg { max-width: 100%; height: auto; --plot-background: var(--back); }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
@media print { body { max-width: none; } }
`;

/** A page of its own: nothing is loaded, light or dark as the reader has it. */
export function page(title: string, body: Content): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${render(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${render(body)}
</body>
</html>
`;
}
