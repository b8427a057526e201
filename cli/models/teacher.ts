import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { atomicNumber, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { didYouMean } from '../../shared/suggest.ts';
import {
  FEATURE_NAMES,
  type FeatureName,
  featureName,
  PUBLISHED_FEATURES,
} from '../../shared/teacher/feature-names.ts';
import { withExamples } from '../terminal/examples.ts';
import { naturalNumber, positiveInteger } from '../terminal/options.ts';

/** `teacher fit` and `teacher choose`: make a teacher from measured conductivities. */
export function teacherCommand(): Command {
  const fit = new Command('fit').description(
    'fit a teacher: regularized logistic regression on structure features, leave-one-out evaluation',
  );
  withMeasuredOptions(fit)
    .option(
      '--features <names>',
      `features, separated by commas, of ${FEATURE_NAMES.join(', ')}`,
      featureList,
      PUBLISHED_FEATURES as readonly FeatureName[],
    )
    .requiredOption('--out <file>', 'teacher file to write')
    .option('--json', 'print file, data and leave-one-out figures as JSON')
    .action(async (options) => (await import('./fit-teacher.ts')).runFit(options));
  withExamples(fit, [
    'ionsieve teacher fit --structures cifs --conductivities measured.csv --out mine.json',
    'a teacher of the five published features',
  ]);
  const command = new Command('teacher')
    .description('make the model that labels crystal structures')
    .addCommand(fit)
    .addCommand(chooseCommand());
  return withExamples(command, ['ionsieve help teacher fit', 'how to fit a teacher on your own measurements']);
}

/** `teacher choose`: compare subsets of features, and say how much of the best one's figures is luck. */
function chooseCommand(): Command {
  const command = new Command('choose').description(
    'compare every subset of features by leave-one-out, with a permutation test and nested leave-one-out; fit the best',
  );
  withMeasuredOptions(command)
    .addOption(
      new Option('--candidates <names>', 'features to choose from, separated by commas')
        .argParser(featureList)
        .default(FEATURE_NAMES, 'all'),
    )
    .option('--max-features <count>', 'features of a subset, at most', positiveInteger, 5)
    .option('--show <count>', 'subsets to print', positiveInteger, 10)
    .option('--permutations <count>', 'searches with shuffled classes', naturalNumber, 100)
    .option('--seed <number>', 'seed of the permutations', naturalNumber, 1)
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--out <file>', 'teacher file to write, of the best subset')
    .option('--json', 'print the best subsets and what the choice is worth as JSON')
    .action(async (options) => (await import('./choose-features.ts')).runChoose(options));
  return withExamples(command, [
    'ionsieve teacher choose --structures cifs --conductivities measured.csv --max-features 3 --out mine.json',
    'the best teacher of at most three features',
  ]);
}

/** Options that say which compounds a teacher is fitted on, and how. */
function withMeasuredOptions(command: Command): Command {
  return command
    .requiredOption('--structures <path...>', 'CIF, POSCAR or OPTIMADE JSON Lines files, or directories of them')
    .addOption(
      new Option(
        '--fallback-structures <path...>',
        'the same for compounds that have none among --structures, such as computed structures beside measured ones',
      ).default([], 'none'),
    )
    .requiredOption(
      '--conductivities <file>',
      'CSV with the columns id,conductivity_S_per_cm, one compound a row; several structure ids are separated by blanks',
    )
    .option('--ion <element>', 'mobile ion', ionSymbol, 'Li')
    .option('--threshold <S/cm>', 'conductivity from which a compound counts as a conductor', positiveNumber, 1e-4)
    .option('--penalty <number>', 'strength of the L2 penalty on standardized features', positiveNumber, 1);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Give a positive number such as 1e-4.');
  return value;
}

function ionSymbol(text: string): string {
  if (atomicNumber(text) === undefined)
    throw new InvalidArgumentError(`Give a symbol such as Li or Na.${didYouMean(text, SYMBOLS)}`);
  return text;
}

/** Names of features, separated by commas, for commander. */
function featureList(text: string): FeatureName[] {
  return text.split(',').map((part, i, parts) => {
    const name = featureName(part.trim());
    if (name === undefined)
      throw new InvalidArgumentError(
        `Choose among ${FEATURE_NAMES.join(', ')}.${didYouMean(part.trim(), FEATURE_NAMES)}`,
      );
    if (parts.findIndex((other) => other.trim() === name) < i) throw new InvalidArgumentError(`${name} occurs twice.`);
    return name;
  });
}
