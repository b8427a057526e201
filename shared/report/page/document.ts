import { sha256 } from '../../hash.ts';
import { type Content, render } from './html.ts';

/** A page with a style and, if it has one, a script of its own. */
export interface Document {
  readonly title: string;
  readonly style: string; // CSS
  readonly script?: string; // JavaScript, run when the page is read
  readonly body: Content;
  readonly submits?: boolean; // whether its forms may ask the server that it comes from. @default false
}

/**
 * A page that loads nothing and can be made to run nothing: its policy names every style and script by its hash.
 * `style` attributes are not among these, so none may be used.
 */
export function renderDocument({ title, style, script, body, submits = false }: Document): string {
  const content = render(body);
  const styles = [style, ...[...content.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, inner]) => inner)];
  const policy = [
    "default-src 'none'",
    `style-src ${[...new Set(styles.map(hashSource))].join(' ')}`,
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`]),
    'img-src data:',
    "base-uri 'none'",
    `form-action ${submits ? "'self'" : "'none'"}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${render(title)}</title>
<style>${style}</style>
</head>
<body>
${content}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

function hashSource(text: string): string {
  return `'sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}'`;
}

/** JSON that may stand in a page as data; what a reader of HTML would take for the end of it is escaped. */
export function dataElement(id: string, value: unknown): Content {
  return {
    html: `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>\n`,
  };
}
