import { describe, expect, it } from 'vitest';
import { findProvider } from '../../shared/import/providers.ts';

describe('findProvider', () => {
  it.each([
    'https://a.org/db',
    'https://a.org/db/',
    'https://a.org/db/v1',
    'https://a.org/db/v1.1.0/structures',
    'https://a.org/db/structures',
  ])('takes %s as a base address', (url) => {
    expect(findProvider(url).baseUrl).toBe('https://a.org/db');
  });

  it.each([
    ['nomad', 'provider "nomad" is not known. Give mp, oqmd, alexandria, cod'],
    ['file:///etc/passwd', 'is no address for HTTP or HTTPS'],
    ['ftp://a.org', 'is no address for HTTP or HTTPS'],
    ['https://a.org/?key=secret', 'https://a.org/: has a part after ? or #'],
  ])('refuses %s', (text, message) => {
    expect(() => findProvider(text)).toThrow(message);
  });

  it('refuses credentials without repeating them', () => {
    const refuse = (): unknown => findProvider('https://user:secret@a.org/db');
    expect(refuse).toThrow('https://a.org/db: has a user name or password in it');
    expect(refuse).not.toThrow(/secret/);
  });
});
