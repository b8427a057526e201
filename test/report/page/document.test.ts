import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataElement, renderDocument } from '../../../shared/report/page/document.ts';
import { html } from '../../../shared/report/page/html.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('a page', () => {
  it('allows the styles and the script that it has by their hashes, and nothing else', () => {
    const page = renderDocument({
      title: 'T',
      style: 'p{}',
      script: 'alert(1)',
      body: html`<svg><style>.a{}</style></svg>`,
    });
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hashOf('p{}')} ${hashOf('.a{}')}`,
      `script-src ${hashOf('alert(1)')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('allows no script if it has none', () => {
    expect(renderDocument({ title: 'T', style: '', body: '' })).not.toContain('script');
  });

  it('shows text as text, whatever is in it', () => {
    const page = renderDocument({ title: '</title><script>', style: '', body: html`<p>${'<style>x</style>'}</p>` });
    expect(page).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
    expect(page).toContain('<p>&lt;style&gt;x&lt;/style&gt;</p>');
  });

  it('carries data that cannot end their element', () => {
    const { html: element } = dataElement('d', { a: '</script><!--' }) as { html: string };
    expect(element.match(/</g)).toHaveLength(2);
    expect(JSON.parse(/>(.*)<\/script>/.exec(element)?.[1] as string)).toEqual({ a: '</script><!--' });
  });
});
