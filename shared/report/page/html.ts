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
