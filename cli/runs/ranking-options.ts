import { type Command, InvalidArgumentError, Option } from 'commander';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { parseCriteria } from '../../shared/criteria/criteria.ts';
import { InputError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import {
  flagOf,
  RANKING_OPTIONS,
  type RankingOptionName,
  RUN_OPTIONS,
  type RunArguments,
  type RunOption,
  type RunOptionName,
  runOption,
} from '../../shared/screen/run-option-table.ts';
import { type RunOptions, runOptions, withCriteria } from '../../shared/screen/run-options.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { positiveInteger } from '../terminal/options.ts';

/** Options of commands that screen, as commander gives them. */
export type RankingArguments = RunArguments<RankingOptionName>;

/** What options were called before, and are called now. */
const RENAMED = { '--max-cost': 'maxUsdPerKg', '--min-lithium': 'minLithiumMassPercent' } as const;

/** Add the options that decide on a ranking. */
export function withRankingOptions(command: Command): Command {
  for (const [flag, name] of Object.entries(RENAMED)) command.addOption(renamed(flag, flagOf(name)));
  return withRunOptions(command, RANKING_OPTIONS);
}

/** Add options of runs as they are declared. */
export function withRunOptions(command: Command, names: readonly RunOptionName[]): Command {
  for (const name of names) command.addOption(optionOf(name));
  return command;
}

/** @param says sentence in place of the declared one, where a command takes more */
export function optionOf(name: RunOptionName, says?: string): Option {
  const declared = runOption(name);
  const { kind, value = PLACEHOLDERS[kind], fallback, choices, conflict } = declared;
  const flag = kind === 'switch' ? flagOf(name) : `${flagOf(name)} <${value}>`;
  const option = new Option(flag, says ?? sentenceOf(declared)).default(fallback);
  if (choices !== undefined) option.choices(choices);
  if (kind === 'count') option.argParser(positiveInteger);
  if (kind === 'number') option.argParser(positiveNumber);
  if (kind === 'names')
    option.argParser((text, before?: readonly string[]) => [...(before ?? []), ...readNames(text, declared)]);
  return conflict === undefined ? option : option.conflicts(conflict);
}

const PLACEHOLDERS: Readonly<Record<RunOption['kind'], string>> = {
  file: 'file',
  count: 'count',
  number: 'number',
  names: 'names',
  choice: 'name',
  switch: '',
};

function sentenceOf({ kind, says, most, otherwise }: RunOption): string {
  const limit = most === undefined || kind !== 'count' ? '' : `, ${formatCount(most)} at most`;
  return `${says}${limit}${otherwise === undefined ? '' : ` (default: ${otherwise})`}`;
}

/** An option that is refused by its new name. */
function renamed(flag: string, now: string): Option {
  return new Option(`${flag} <value>`, `is called ${now}`).hideHelp().argParser(() => {
    throw new InvalidArgumentError(`It is called ${now} now.`);
  });
}

/** The options of a run that the command line asks for. */
export function readRankingArguments(given: RankingArguments): RunOptions {
  try {
    const { criteria, ...others } = withCriteria(given);
    return runOptions({ ...others, criteria: criteria && parseCriteria(criteria, OPTIONS) }, OPTIONS);
  } catch (error) {
    throw inOptions(error);
  }
}

const OPTIONS = 'options';

/** An error about an event, or about a key of it, as one about the option that the user gave; any other as it is. */
export function inOptions(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  const { file, column = '' } = error.place;
  if (file !== undefined && file !== OPTIONS && !file.startsWith('event of ')) return error;
  const name = column.replace(/\[\d+\]$/, ''); // of an item of a list, the list
  const option = Object.hasOwn(RUN_OPTIONS, name) ? flagOf(name) : undefined;
  if (option === undefined && file === undefined) return error;
  return new InputError(error.problem, { column: option ?? error.place.column }, error.remedy, { cause: error });
}

function readNames(text: string, { groups = [] }: RunOption): string[] {
  const known = [...SYMBOLS.slice(1), ...groups];
  return text.split(',').map((part) => {
    const name = part.trim();
    if (known.includes(name)) return name;
    const what = groups.length === 0 ? 'element' : 'element and no group';
    throw new InvalidArgumentError(`${JSON.stringify(name)} is no ${what}.${didYouMean(name, known)}`);
  });
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('Give a number above 0.');
  return value;
}
