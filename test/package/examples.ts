import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An example of the documentation. */
export interface Example {
  readonly name: string; // file and number in it
  readonly code: string; // TypeScript
}

/** Examples of docs/library.md and of the docstrings in local/api and in what it exports. */
export function documentedExamples(root: string): Example[] {
  const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
  const sources = readdirSync(join(root, 'local/api')).sort();
  return [
    ...numbered('docs/library.md', page.matchAll(/^```ts\n(.*?)^```$/gms)),
    ...sources.flatMap((name) => {
      const text = readFileSync(join(root, 'local/api', name), 'utf8');
      return numbered(`local/api/${name}`, text.matchAll(/^ \* @example\n(.*?)^ \*\/$/gms)).map(
        ({ name: of, code }) => ({
          name: of,
          code: code.replace(/^ \* ?/gm, ''),
        }),
      );
    }),
  ];
}

function numbered(file: string, found: Iterable<RegExpMatchArray>): Example[] {
  return [...found].map(([, code], i) => ({ name: `${file} ${i + 1}`, code }));
}
