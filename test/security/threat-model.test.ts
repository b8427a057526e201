import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Tests that docs/security.md names: a file, and of some the beginning of a name in it. */
const named = [...read('docs/security.md').matchAll(/`(test\/[\w/.-]+)`(?: “([^”]+)”)?/g)].map(
  ([, file, name]) => [file, name] as const,
);

describe('the threat model', () => {
  it('names tests', () => {
    expect(named.length).toBeGreaterThan(30);
  });

  it.each(named)('names %s %s, which exists', (file, name) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    if (name !== undefined) expect(read(file)).toContain(name);
  });
});
