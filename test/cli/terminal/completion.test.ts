import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../../cli/program.ts';
import { completionScript } from '../../../cli/terminal/completion-script.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-completion-'));
  for (const shell of ['bash', 'zsh'] as const)
    writeFileSync(join(directory, shell), completionScript(shell, program()));
  writeFileSync(join(directory, 'my list.csv'), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What bash offers for the last of some words, the way it calls a completion function. */
function offered(...words: string[]): string[] {
  const run = `source ./bash
complete -p ionsieve > /dev/null || exit 9
COMP_WORDS=(ionsieve "$@"); COMP_CWORD=$#
_ionsieve
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', run, 'bash', ...words], { cwd: directory, encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('in bash', () => {
  it('commands and subcommands are completed', () => {
    expect(offered('sc')).toEqual(['screen', 'score']);
    expect(offered('')).toEqual(program().commands.map((command) => command.name()));
    expect(offered('space', '')).toEqual(['count', 'list', 'at', 'find', 'help']);
    expect(offered('--quiet', 'cloud', 'st')).toEqual(['start']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
  });

  it('options are those of the command, and those of all', () => {
    expect(offered('teacher', 'fit', '--fe')).toEqual(['--features']);
    expect(offered('space', 'count', '--')).toEqual(['--space', '--json', '--help', '--quiet', '--verbose']);
    expect(offered('space', 'count', '--sp')).toEqual(['--space']);
  });

  it('values are choices, names of things and files, by the option', () => {
    expect(offered('screen', '--rank-by', '')).toEqual(['student', 'mean', 'lower']);
    expect(offered('screen', '--space', 'tri')).toEqual(['trillion']);
    expect(offered('screen', '--space', '=', 'tri')).toEqual(['trillion']);
    expect(offered('score', '--student', 'm')).toEqual(['measured', 'my list.csv']);
    expect(offered('import', 'optimade', '--provider', 'o')).toEqual(['oqmd']);
    expect(offered('screen', '--compositions', '')).toContain('my list.csv');
    expect(offered('screen', '--top', '')).toEqual([]);
    expect(offered('label', 'my')).toEqual(['my list.csv']);
    expect(offered('score', 'my')).toEqual([]);
  });

  it('lists are completed after each comma', () => {
    expect(offered('screen', '--exclude', 'Co,to')).toEqual(['Co,toxic']);
    expect(offered('screen', '--exclude', 'rad')).toEqual(['radioactive']);
  });
});

describe.skipIf(!has('zsh'))('in zsh', () => {
  it('the script is read and defines the function', () => {
    const run = 'autoload -Uz compinit && compinit -D && source ./zsh && whence -w _ionsieve';
    expect(execFileSync('zsh', ['-f', '-c', run], { cwd: directory, encoding: 'utf8' })).toContain('function');
  });
});
