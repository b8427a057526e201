import type { Command, Option } from 'commander';
import { shippedSpaces } from '../../local/shipped/spaces.ts';
import { SHIPPED_STUDENTS } from '../../local/shipped/students.ts';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { PROVIDER_IDS } from '../../shared/import/providers.ts';
import { RUN_OPTIONS } from '../../shared/screen/run-option-table.ts';
import { FEATURE_NAMES } from '../../shared/teacher/feature-names.ts';

/** A command as far as a shell completes it. */
export interface CompletableCommand {
  readonly path: string; // names from the first subcommand on, each after a blank; '' = ionsieve itself
  readonly subcommands: readonly string[];
  readonly options: readonly CompletableOption[]; // global ones too
  readonly argument: Pick<Values, 'names' | 'files'>;
}

export interface CompletableOption {
  readonly flags: readonly string[]; // such as -q and --quiet
  readonly values: Values | undefined; // undefined if it takes none
}

/** What may stand as a value. */
export interface Values {
  readonly names: readonly string[];
  readonly isList: boolean; // whether several are joined by commas
  readonly files: boolean; // whether files may be named as well
}

const ELEMENTS = SYMBOLS.slice(1);
const FILE_NAMES = [
  'run',
  'file',
  'path',
  'folder',
  'directory',
  'source',
  'list',
  'space',
  'student',
  'before',
  'after',
];

/** Names that options take which are free otherwise. */
const NAMES: Readonly<Record<string, () => readonly string[]>> = {
  space: shippedSpaces,
  student: () => SHIPPED_STUDENTS,
  committee: () => ['none'],
  provider: () => PROVIDER_IDS,
  ion: () => ELEMENTS,
};

const LISTS: Readonly<Record<string, readonly string[]>> = {
  exclude: [...RUN_OPTIONS.exclude.groups, ...ELEMENTS],
  require: ELEMENTS,
  features: FEATURE_NAMES,
  candidates: FEATURE_NAMES,
};

/** All commands, the outer ones first. */
export function completable(command: Command, path = '', outer: readonly Option[] = []): CompletableCommand[] {
  const options = [...command.createHelp().visibleOptions(command), ...outer];
  const inherited = path === '' ? command.options.filter(({ long }) => long !== '--version') : outer;
  const [argument] = command.registeredArguments;
  return [
    {
      path,
      subcommands:
        command.commands.length === 0 ? [] : [...new Set([...command.commands.map((one) => one.name()), 'help'])],
      options: options.map(completableOption),
      argument: { names: argument?.argChoices ?? [], files: argument !== undefined && isFile(argument.name()) },
    },
    ...command.commands.flatMap((one) => completable(one, `${path} ${one.name()}`, inherited)),
  ];
}

function completableOption(option: Option): CompletableOption {
  const { long, short, argChoices, flags } = option;
  const name = option.name();
  const placeholder = /[<[]([^>\]]*)/.exec(flags)?.[1] ?? '';
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    values:
      option.isBoolean() || option.negate
        ? undefined
        : {
            names: argChoices ?? LISTS[name] ?? NAMES[name]?.() ?? [],
            isList: name in LISTS,
            files: isFile(placeholder.replace('...', '')),
          },
  };
}

function isFile(placeholder: string): boolean {
  return FILE_NAMES.includes(placeholder);
}
