import { type Command, CommanderError } from 'commander';
import { endingOnSignal } from './interruptible.ts';
import { describeError, exitCodeOf, Interruption, outlastReaders } from './output.ts';
import { withInstead } from './removed-commands.ts';
import { hasColours, styled } from './terminal.ts';

const USAGE_ERROR = 2;

/** Run a command line to its end: errors are written to stderr, and the exit code tells their class. */
export async function runProgram(program: () => Command): Promise<void> {
  outlastReaders();
  try {
    await endingOnSignal('stopped', () => program().parseAsync());
  } catch (error) {
    // commander has written its message already
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
    else {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = exitCodeOf(error);
      if (error instanceof Interruption) process.exit(); // threads may still be at work on what is not wanted any more
    }
  }
}

/** Subcommands do not inherit these settings when they are added whole. */
export function configure(command: Command): Command {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => styled('bold', title, process.stdout) })
    .configureOutput({
      getOutHasColors: () => hasColours(process.stdout.isTTY, process.env),
      getErrHasColors: () => hasColours(process.stderr.isTTY, process.env),
      outputError: (text, write) =>
        write(withInstead(command, text).replace(/^error:/, styled('red', 'error:', process.stderr))),
    });
  for (const subcommand of command.commands) configure(subcommand);
  return command;
}
