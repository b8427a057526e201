import { type Command, InvalidArgumentError, Option } from 'commander';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { parseCriteria } from '../../shared/criteria/criteria.ts';
import { ELEMENT_GROUPS } from '../../shared/criteria/element-groups.ts';
import { InputError } from '../../shared/errors.ts';
import {
  DEFAULT_FINALISTS,
  RANK_BY,
  type RankBy,
  type RunOptions,
  runOptions,
} from '../../shared/screen/run-options.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { positiveInteger } from '../terminal/options.ts';

const GROUPS = ELEMENT_GROUPS.map(({ name }) => name);

/** Options of commands that screen, as commander gives them. */
export interface RankingArguments {
  readonly top: number;
  readonly perSystem: number;
  readonly exclude?: readonly string[];
  readonly require?: readonly string[];
  readonly maxCost?: number;
  readonly minLithium?: number;
  readonly rankBy: RankBy;
  readonly finalists?: number;
  readonly prune?: true;
}

/** Add the options that decide on a ranking. */
export function withRankingOptions(command: Command): Command {
  return command
    .option('--top <count>', 'compositions to rank, 1,000,000 at most', positiveInteger, 1000)
    .option('--per-system <count>', 'compositions of one chemical system to rank, at most', positiveInteger, 3)
    .option('--exclude <names>', `elements and ${GROUPS.join(', ')}, such as Co,toxic`, excluded)
    .option('--require <elements>', 'elements that every composition has, such as S,P', required)
    .option('--max-cost <dollars>', 'most that the raw materials of a kilogram may cost, US$', positiveNumber)
    .option('--min-lithium <percent>', 'least share of lithium in the mass, %', positiveNumber)
    .addOption(
      new Option('--rank-by <score>', "student, or the committee's mean probability or its lower bound")
        .choices(RANK_BY)
        .default('student'),
    )
    .option(
      '--finalists <count>',
      `the student's best that the committee ranks (default: ${DEFAULT_FINALISTS} with --rank-by mean or lower)`,
      positiveInteger,
    )
    .addOption(
      new Option(
        '--prune',
        'do not score systems that cannot reach the ranking, as bounds prove: the same ranking, sooner in large spaces, but no count of what passes',
      ).conflicts('compositions'),
    );
}

/** The options of a run that the command line asks for. */
export function readRankingArguments(given: RankingArguments): RunOptions {
  const { top, perSystem, exclude, require, maxCost, minLithium, rankBy, finalists, prune } = given;
  const asked = {
    exclude,
    require,
    ...(maxCost === undefined ? {} : { maxUsdPerKg: maxCost }),
    ...(minLithium === undefined ? {} : { minLithiumMassPercent: minLithium }),
  };
  try {
    return runOptions({ top, perSystem, criteria: parseCriteria(asked, OPTIONS), rankBy, finalists, prune }, OPTIONS);
  } catch (error) {
    throw inOptions(error);
  }
}

const OPTIONS = 'options';
const OPTION_OF: Readonly<Record<string, string>> = {
  top: '--top',
  perSystem: '--per-system',
  exclude: '--exclude',
  require: '--require',
  rankBy: '--rank-by',
  maxUsdPerKg: '--max-cost',
  minLithiumMassPercent: '--min-lithium',
  finalists: '--finalists',
  prune: '--prune',
  chunks: '--chunks',
};

/** An error about an event, or about a key of it, as one about the option that the user gave; any other as it is. */
export function inOptions(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  const { file, column = '' } = error.place;
  if (file !== undefined && file !== OPTIONS && !file.startsWith('event of ')) return error;
  const option = OPTION_OF[column.replace(/\[\d+\]$/, '')]; // of an item of a list, the list
  if (option === undefined && file === undefined) return error;
  return new InputError(error.problem, { column: option ?? error.place.column }, error.remedy, { cause: error });
}

function excluded(text: string, before: readonly string[] = []): string[] {
  return [...before, ...names(text, [...SYMBOLS.slice(1), ...GROUPS], 'element and no group')];
}

function required(text: string, before: readonly string[] = []): string[] {
  return [...before, ...names(text, SYMBOLS.slice(1), 'element')];
}

function names(text: string, known: readonly string[], what: string): string[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    if (known.includes(name)) return name;
    throw new InvalidArgumentError(`${JSON.stringify(name)} is no ${what}.${didYouMean(name, known)}`);
  });
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('Give a number above 0.');
  return value;
}
