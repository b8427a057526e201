import type { Command } from 'commander';

/** A command line and what it does. */
export type CommandExample = readonly [line: string, does: string];

const examples = new WeakMap<Command, readonly CommandExample[]>();

/** Add examples to the end of a command's help. Each line begins with `ionsieve` and can be given as it is. */
export function withExamples(command: Command, ...added: readonly CommandExample[]): Command {
  examples.set(command, added);
  const text = added.map(([line, does]) => `  $ ${line}\n      ${does}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}

/** The examples of a command's help. */
export function examplesOf(command: Command): readonly CommandExample[] {
  return examples.get(command) ?? [];
}
