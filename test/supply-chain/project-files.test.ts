import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifest, ROOT, readJson } from './lock.ts';
import { parseYaml } from './yaml.ts';

interface Citation {
  readonly version: string;
  readonly license: string;
  readonly references: readonly { readonly title: string; readonly doi?: string; readonly url?: string }[];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('CITATION.cff', () => {
  const citation = parseYaml<Citation>(read('CITATION.cff'));

  it('is of this version under this licence', () => {
    expect([citation.version, citation.license]).toEqual([manifest.version, manifest.license]);
  });

  it('names the papers of method and teacher, and the sources of the data', () => {
    const cited = citation.references.map(({ doi, url }) => (doi ?? url)?.toLowerCase());
    const credits = [...`${read('README.md')}\n${read('data/README.md')}`.matchAll(/doi:(10\.\d+\/[^\s),]*[^\s),.])/g)];
    expect(credits.length).toBeGreaterThan(2);
    expect(cited).toEqual(expect.arrayContaining(credits.map(([, doi]) => doi.toLowerCase())));
    expect(cited).toContain('https://arxiv.org/abs/2502.14234'); // of models/student-measured.card.md
  });
});

it('the changelog has a section of this version, or of what is not released yet', () => {
  expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[(Unreleased|${manifest.version})\\]`, 'm'));
});

it('the guide for contributors names scripts that there are', () => {
  const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
  const named = [...read('CONTRIBUTING.md').matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => name);
  expect(named).toContain('test:aws');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
