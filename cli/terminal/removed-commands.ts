import type { Command } from 'commander';

/** Commands that there were, and what does their work now. */
const REMOVED: Readonly<Record<string, string>> = {
  'cloud diff': '`ionsieve compare s3://BUCKET/runs/ID s3://BUCKET/runs/ID` compares runs in the cloud.',
  study: '`npm run -s study` in the repository does it; the package has it no more.',
};

/**
 * What does the work of a command that was removed.
 *
 * @param path words of the command, without the program's name
 */
export function insteadOf(path: readonly string[]): string | undefined {
  const name = path.join(' ');
  return Object.hasOwn(REMOVED, name) ? REMOVED[name] : undefined;
}

/** Commander's message that a command has no such subcommand, with what does its work if it was removed. */
export function withInstead(command: Command, message: string): string {
  const [, unknown] = /^error: unknown command '(.*)'/.exec(message) ?? [];
  const instead = unknown === undefined ? undefined : insteadOf([...pathOf(command), unknown]);
  return instead === undefined ? message : `${message.trimEnd()}. ${instead}\n`;
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}
