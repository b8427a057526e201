import { describe, expect, it } from 'vitest';
import { errorDetails, firstPage, readPage } from '../../shared/import/optimade-page.ts';

const AT = new URL('https://a.org/db/v1/structures?page=1');
const next = (link: unknown): string | undefined => readPage({ data: [], links: { next: link } }, AT, 1).next?.href;

describe('the first page', () => {
  it('carries the filter untouched through the address', () => {
    const filter = 'elements HAS ALL "Li","S" AND nelements<=4 & chemical_formula_anonymous="A+B"';
    expect(new URL(firstPage('https://a.org/db', filter, 10).href).searchParams.get('filter')).toBe(filter);
  });
});

describe('the next page', () => {
  it.each([
    ['an address', 'https://a.org/db/v1/structures?page=2', 'https://a.org/db/v1/structures?page=2'],
    ['an object', { href: 'https://a.org/x' }, 'https://a.org/x'],
    ['a relative address', '?page=2', 'https://a.org/db/v1/structures?page=2'],
    ['http: for https:', 'http://a.org/x', 'https://a.org/x'],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
    ['an object without address', { href: null }, undefined],
  ])('may be %s', (_, link, href) => {
    expect(next(link)).toBe(href);
  });

  it.each(['https://b.org/x', 'https://a.org:8443/x', 'https://u:p@a.org/x', 'ftp://a.org/x', 'javascript:0'])(
    'is not %s',
    (link) => {
      expect(() => next(link)).toThrow(/^https:\/\/a\.org\/db\/v1\/structures: page 1 has a next page at /);
    },
  );
});

describe('what a provider says about a refusal', () => {
  it('is read from one error or several, fit for a terminal', () => {
    expect(errorDetails({ errors: [{ detail: 'a\u001b[31m\nb' }, { title: 'c' }, { status: '400' }] })).toBe(
      'a [31m b; c',
    );
    expect(errorDetails({ errors: { detail: 'd' } })).toBe('d');
    expect(errorDetails(null)).toBe('');
  });
});
