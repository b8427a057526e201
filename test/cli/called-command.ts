import { type Command, CommanderError } from 'commander';
import { program } from '../../cli/program.ts';

/** All commands with what stands before them on a command line. */
export function commandsOf(command: Command, path: readonly string[] = []): [path: string, command: Command][] {
  const own = [...path, command.name()];
  return [[own.join(' '), command], ...command.commands.flatMap((one) => commandsOf(one, own))];
}

/** The words of a command line in a POSIX shell, as far as examples need it. */
export function wordsOf(line: string): string[] {
  return [...line.replace(/ > .*$/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain,
  );
}

/**
 * The path of the command that a line beginning with `ionsieve` calls, found without doing what it does; `help` for help.
 *
 * @throws {Error} if there is no such command or option, one that is required is missing, or a value is none of its choices
 */
export async function calledBy(line: string): Promise<string> {
  const root = program();
  let called = 'help'; // which does what it does: it prints nothing, and refuses what is no command
  for (const [path, command] of commandsOf(root)) {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0 && path !== 'ionsieve help')
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
