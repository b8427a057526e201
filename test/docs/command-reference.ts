import type { Argument, Command, Option } from 'commander';
import { program } from '../../cli/program.ts';
import { examplesOf } from '../../cli/terminal/examples.ts';

const BEGINNING = `# Command line

<!-- Made from the commands: npx vitest run --project ionsieve test/docs/command-line.test.ts -u -->

\`ionsieve\` stands for \`npm run -s ionsieve --\` in the folder of this repository. \`--help\` after a command prints the same. Results go to
stdout, with \`--json\` as one JSON document; progress and notes go to stderr. [Exit codes](configuration.md#exit-codes).

Where an \`--out\` names a file, symbolic links are followed and the file at their end is replaced. \`-\`, \`/dev/stdout\`, \`/dev/stderr\` and \`/dev/fd/N\` are
what is open; if the output goes to stdout, what a command tells of it goes to stderr.
`;

/** Text of `docs/reference/command-line.md`: every command with its arguments, options and examples. */
export function commandReference(): string {
  const root = program();
  const options = ['## Of every command', '', ...optionTable(root.options), ''];
  return [BEGINNING, ...options, ...root.commands.flatMap((command) => sectionsOf(command, []))].join('\n');
}

function sectionsOf(command: Command, path: readonly string[]): string[] {
  const own = [...path, command.name()];
  if (command.commands.length > 0) return command.commands.flatMap((one) => sectionsOf(one, own));
  const usage = ['ionsieve', ...own, ...command.registeredArguments.map(shownArgument)].join(' ');
  const details = command.registeredArguments.filter(({ description }) => description !== '');
  return [
    ...[`## ${own.join(' ')}`, '', `\`${usage}\`: ${command.description()}.`, ''],
    ...(details.length > 0
      ? [...details.map(({ description }, i) => `- \`${details[i].name()}\`: ${description}`), '']
      : []),
    ...(command.options.length > 0 ? [...optionTable(command.options), ''] : []),
    ...[...examplesOf(command).map(([line, does]) => `- \`${line}\`: ${does}`), ''],
  ];
}

function shownArgument(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(options: readonly Option[]): string[] {
  const rows = options
    .filter(({ hidden }) => !hidden)
    .map(
      (option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${describeOption(option).replaceAll('|', '\\|')} |`,
    );
  return ['| option | |', '|---|---|', ...rows];
}

function describeOption(option: Option): string {
  const { description, mandatory, argChoices, defaultValue, defaultValueDescription } = option;
  // the number of processors is not the same everywhere
  const value = option.name() === 'workers' ? 'as many as processors' : (defaultValueDescription ?? defaultValue);
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices ? [argChoices.join(', ')] : []),
    ...(value === undefined || typeof value === 'boolean' ? [] : [`default: ${value}`]),
  ];
  return notes.length > 0 ? `${description} (${notes.join('; ')})` : description;
}
