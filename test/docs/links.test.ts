import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeSpans, documents, proseOf, ROOT, readDocument } from './documents.ts';

/** Anchors of a document's headings, as GitHub makes them. */
function anchorsOf(document: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  const headings = readDocument(document)
    .replace(/^```.*\n[\s\S]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.+)$/gm);
  for (const [, heading] of headings) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/** A link that leads nowhere, or undefined. */
function brokenLink(document: string, link: string): string | undefined {
  const [path, anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return `${link}: there is no such file`;
  if (anchor !== undefined && !anchorsOf(target).has(anchor)) return `${link}: there is no such heading`;
  return undefined;
}

const FOLDERS =
  'bench|browser|cdk|cli|data|docs|functions|lambda|models|shared|supply-chain|test|\\.ci|\\.github|dist/(?:bench|cdk)';
const FILE = new RegExp(`^(?:${FOLDERS})/[\\w./-]*$`);
/** Keys of objects in a bucket that look like paths of the repository. */
const KEYS = ['models/current.json'];

/** Whether a path in backticks names what the repository has; what is compiled is there as its source. */
function exists(path: string): boolean {
  const source = path.replace(/^dist\/(.*)\.js$/, '$1.ts');
  return existsSync(join(ROOT, source)) && (!path.endsWith('/') || statSync(join(ROOT, source)).isDirectory());
}

describe.each(documents)('%s', (document) => {
  it('links to files and headings that there are', () => {
    const links = [...proseOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link]) => link);
    expect(links.map((link) => brokenLink(document, link)).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('names files that there are', () => {
    const named = codeSpans(document).filter((span) => FILE.test(span) && !KEYS.includes(span));
    expect(named.filter((path) => !exists(path))).toEqual([]);
  });
});

it('every page of docs/ is in the index', () => {
  const index = readDocument('docs/README.md');
  const pages = documents.filter((document) => document.startsWith('docs/') && document !== 'docs/README.md');
  expect(pages.filter((page) => !index.includes(`](${page.slice('docs/'.length)})`))).toEqual([]);
});
