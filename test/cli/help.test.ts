import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../cli/examples.ts';
import { program } from '../../cli/program.ts';

/** All commands with what stands before them on a command line. */
function commandsOf(command: Command, path: readonly string[] = []): [path: string, command: Command][] {
  const own = [...path, command.name()];
  return [[own.join(' '), command], ...command.commands.flatMap((one) => commandsOf(one, own))];
}

/** The words of a command line in a POSIX shell, as far as examples need it. */
function wordsOf(line: string): string[] {
  return [...line.replace(/ > .*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/** The path of the command that a line calls, found without doing what it does. */
async function calledBy(line: string): Promise<string> {
  const root = program();
  let called = '';
  for (const [path, command] of commandsOf(root)) {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0)
      command.action(() => {
        called = path;
      });
  }
  try {
    await root.parseAsync(wordsOf(line).slice(1), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 'help';
    throw new Error(`${line}: ${(error as Error).message}`);
  }
  return called;
}

const commands = commandsOf(program());

describe.each(commands)('help of %s', (path, command) => {
  it('has examples that its commands and options understand', async () => {
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThan(0);
    for (const [line, does] of examples) {
      expect(line).toMatch(/^ionsieve /);
      expect(does).not.toBe('');
      const called = await calledBy(line);
      if (called !== 'help') expect(`${called} `).toContain(`${path} `);
    }
  });

  it('says what every option is for, and no default twice', () => {
    for (const option of command.options) {
      expect(option.description, option.flags).not.toBe('');
      const told = command.createHelp().optionDescription(option);
      expect(told.match(/default:/g)?.length ?? 0, told).toBeLessThan(2);
    }
    expect(command.description()).not.toBe('');
  });
});

it('exit codes and what can be said to every command are told by --help', async () => {
  let help = '';
  const root = program().configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  await expect(root.parseAsync(['--help'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  for (const text of ['--quiet', '--verbose', '128 + n', 'NO_COLOR', 'completion']) expect(help).toContain(text);
});

it('results can be had as JSON of every command that has any', () => {
  const without = commands
    .filter(
      ([, { commands: subcommands, options }]) =>
        subcommands.length === 0 && !options.some(({ long }) => long === '--json'),
    )
    .map(([path]) => path);
  expect(without).toEqual(['ionsieve completion']);
});
