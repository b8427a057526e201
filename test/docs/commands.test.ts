import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calledBy, wordsOf } from '../cli/called-command.ts';
import { codeSpans, commandBlocks, commandLines, documents, ROOT } from './documents.ts';

const { scripts, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};
const CLI = 'npm run -s ionsieve -- ';
/** Programs that pages use besides npm and npx. */
const PROGRAMS =
  'aws awk cat cd cmp cp cut duckdb echo export git grep gunzip gzip head ls mkdir node pip python rm sha256sum sort tail wc'.split(
    ' ',
  );
const SHIPPED = /^(bench|data|models|test)\/[\w./-]+$/;

/** What is wrong with a command, or undefined. Nothing is run. */
async function problemOf(command: string): Promise<string | undefined> {
  const words = wordsOf(command.replace(/^\w+=(?!\$\()\S* /, ''));
  const missing = words.find((word) => SHIPPED.test(word) && !existsSync(join(ROOT, word)));
  if (missing !== undefined) return `${missing} is not there`;
  if (command.startsWith(CLI)) {
    await calledBy(`ionsieve ${command.slice(CLI.length)}`);
    return undefined;
  }
  return problemOfProgram(words);
}

function problemOfProgram([name, ...rest]: readonly string[]): string | undefined {
  const [first] = rest.filter((word) => !word.startsWith('-') && word !== 'run');
  if (name === 'npm') {
    const isKnown = first in scripts || ['ci', 'pack', 'install'].includes(first);
    return isKnown ? undefined : `there is no script ${first}`;
  }
  if (name === 'npx') {
    const packages = first === 'cdk' ? 'aws-cdk' : first === 'biome' ? '@biomejs/biome' : first;
    return packages in devDependencies ? undefined : `${first} is not among the dependencies`;
  }
  if (name === 'node' && first?.startsWith('dist/'))
    return existsSync(join(ROOT, first.replace(/^dist\/(.*)\.js$/, '$1.ts'))) ? undefined : `${first} is not there`;
  return PROGRAMS.includes(name) || SHIPPED.test(name) || name.includes('=$(')
    ? undefined
    : `${name} is no program that pages use`;
}

const withCommands = documents.filter((document) => commandBlocks(document).length > 0);

describe.each(withCommands)('commands of %s', (document) => {
  it('are commands, options and files that there are', async () => {
    const problems: string[] = [];
    for (const block of commandBlocks(document))
      for (const command of commandLines(block)) {
        const problem = await problemOf(command).catch(({ message }: Error) => message);
        if (problem !== undefined) problems.push(`${document}:${block.line}: ${command}: ${problem}`);
      }
    expect(problems).toEqual([]);
  });
});

it.each(documents)('commands within the text of %s are commands and options that there are', async (document) => {
  const whole = codeSpans(document).filter((span) => span.startsWith(CLI) && !/[<>[\]…|]/.test(span));
  const problems = await Promise.all(
    whole.map((span) => calledBy(`ionsieve ${span.slice(CLI.length)}`).catch(({ message }: Error) => message)),
  );
  expect(problems.filter((text) => !text.startsWith('ionsieve ') || text.includes(':'))).toEqual([]);
});
