import { Command } from 'commander';
import { InputError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { withExamples } from './examples.ts';
import { insteadOf } from './removed-commands.ts';

/** `help`, which unlike that of commander refuses what is no command, at every level. */
export function helpCommand(root: Command): Command {
  const command = new Command('help')
    .description('display help for command')
    .argument('[command...]', 'command, and one of its own')
    .action((names: readonly string[]) => commandNamed(root, names).outputHelp());
  return withExamples(command, ['ionsieve help space count', 'help on one command']);
}

function commandNamed(root: Command, names: readonly string[]): Command {
  let command = root;
  for (const [depth, name] of names.entries()) {
    const found = command.commands.find((each) => each.name() === name);
    if (found === undefined) {
      const known = command.commands.map((each) => each.name());
      const path = names.slice(0, depth + 1);
      throw new InputError(
        `there is no command ${JSON.stringify(path.join(' '))}`,
        {},
        insteadOf(path) ??
          `\`${['ionsieve help', ...names.slice(0, depth)].join(' ')}\` lists those that there are.${didYouMean(name, known)}`,
      );
    }
    command = found;
  }
  return command;
}
