import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Why a block of commands is not run: `docs/README.md` explains the words to readers. */
export const KINDS = ['run', 'long', 'network', 'cloud', 'data'] as const;
export type Kind = (typeof KINDS)[number];

/** A fenced block that begins with ```sh, and perhaps one more word. */
export interface CommandBlock {
  readonly document: string; // path from the root of the repository
  readonly line: number; // of its first command, from 1
  readonly kind: Kind;
  readonly text: string;
}

const FOLDERS = ['.', 'bench/peers', 'data', 'models'];

/** All Markdown files of the project, by path. */
export const documents: readonly string[] = [
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].sort();

export function readDocument(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

/** The blocks of commands of a document, in order. */
export function commandBlocks(document: string): CommandBlock[] {
  const text = readDocument(document);
  return [...text.matchAll(/^```sh( .*)?\n([\s\S]*?)^```$/gm)].map(({ index, 1: word = ' run', 2: commands }) => {
    const line = text.slice(0, index).split('\n').length + 1;
    const kind = word.slice(1) as Kind;
    if (!KINDS.includes(kind)) throw new Error(`${document}:${line - 1}: there is no kind ${kind} of commands`);
    return { document, line, kind, text: commands };
  });
}

/** The single commands of a block: comments, here-documents and line breaks are taken out, `&&` and `|` part them. */
export function commandLines({ text }: CommandBlock): string[] {
  return text
    .replace(/ <<'(\w+)'\n[\s\S]*?^\1$/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split(/ (?:&&|\|) /));
}

/** A document's text without fenced blocks. */
export function proseOf(document: string): string {
  return readDocument(document).replace(/^```.*\n[\s\S]*?^```$/gm, '');
}

/** Text in backticks, outside of fenced blocks. */
export function codeSpans(document: string): string[] {
  return [...proseOf(document).matchAll(/`([^`]+)`/g)].map(([, span]) => span);
}
