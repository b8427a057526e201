import { availableParallelism } from 'node:os';
import { basename, extname } from 'node:path';
import { Command } from 'commander';
import {
  nestedAuc,
  nestedSearches,
  permutedSearches,
  type RankedSubset,
  type SubsetRanking,
  type SubsetSearch,
} from '../shared/teacher/choose-features.ts';
import { FEATURE_NAMES, type FeatureName } from '../shared/teacher/features.ts';
import { checkClasses, featureRows, fitTeacher } from '../shared/teacher/fit-teacher.ts';
import { type FeatureChoice, formatTeacher } from '../shared/teacher/teacher.ts';
import {
  featureList,
  fitSettings,
  type MeasuredOptions,
  readCompounds,
  withMeasuredOptions,
} from './measured-compounds.ts';
import { naturalNumber, positiveInteger } from './options.ts';
import { formatTable } from './output.ts';
import { checkOutput, writeTogether } from './output-files.ts';
import { runJobs } from './worker-jobs.ts';

interface ChooseOptions extends MeasuredOptions {
  readonly candidates: readonly FeatureName[];
  readonly maxFeatures: number;
  readonly show: number;
  readonly permutations: number;
  readonly seed: number;
  readonly workers: number;
  readonly out?: string;
}

const DIGITS = 6; // decimals of an AUC in a teacher file
const LEAST_OF_CLASS = 3; // one is left out of the choice, and one within it

/** `teacher choose`: compare subsets of features, and say how much of the best one's figures is luck. */
export function chooseCommand(): Command {
  const command = new Command('choose').description(
    'compare every subset of features by leave-one-out, with a permutation test and nested leave-one-out; fit the best',
  );
  return withMeasuredOptions(command)
    .option(
      '--candidates <names>',
      'features to choose from, separated by commas (default: all)',
      featureList,
      FEATURE_NAMES,
    )
    .option('--max-features <count>', 'features of a subset, at most', positiveInteger, 5)
    .option('--show <count>', 'subsets to print', positiveInteger, 10)
    .option('--permutations <count>', 'searches with shuffled classes', naturalNumber, 100)
    .option('--seed <number>', 'seed of the permutations', naturalNumber, 1)
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--out <file>', 'teacher file to write, of the best subset')
    .action(runChoose);
}

async function runChoose(options: ChooseOptions): Promise<void> {
  const { candidates, maxFeatures, show, penalty, out } = options;
  const inputs = [options.conductivities, ...options.structures, ...options.fallbackStructures];
  if (out !== undefined) await checkOutput(out, inputs);
  const { compounds, without } = await readCompounds(options, candidates);
  checkClasses(compounds, options.threshold, LEAST_OF_CLASS);
  if (without > 0) process.stderr.write(`${without} compounds skipped: no usable structure\n`);
  const positive = compounds.map(({ conductor }) => conductor);
  const rows = featureRows(compounds, candidates);
  const search = { rows, positive, penalty, maxColumns: maxFeatures, keep: show };
  const { ranking, choice } = await judge(search, options);
  process.stdout.write(describe(ranking.best, choice));
  if (out === undefined) return;
  const features = ranking.best[0].columns.map((column) => candidates[column]);
  const settings = fitSettings(options, basename(out, extname(out)));
  const teacher = fitTeacher(compounds, { ...settings, features, choice });
  await writeTogether([[out, Buffer.from(formatTeacher(teacher))]]);
  process.stderr.write(`${out} written\n`);
}

/** The search, and the same with shuffled classes and with each compound left out: all share the threads. */
async function judge(
  search: SubsetSearch,
  { candidates, maxFeatures, permutations, seed, workers }: ChooseOptions,
): Promise<{ ranking: SubsetRanking; choice: FeatureChoice }> {
  const jobs = [search, ...nestedSearches(search), ...permutedSearches(search, permutations, seed)];
  const script = new URL('./choose-worker.js', import.meta.url);
  let done = 0;
  const [ranking, ...others] = await runJobs<SubsetSearch, SubsetRanking>(script, jobs, workers, () => {
    done++;
    if (done % 10 === 0) process.stderr.write(`${done} of ${jobs.length} searches done\n`);
  });
  const nested = others.slice(0, search.rows.length);
  const permuted = others.slice(search.rows.length);
  const choice = {
    candidates,
    maxFeatures,
    subsets: ranking.subsets,
    nestedAuc: Number(nestedAuc(search, nested).toFixed(DIGITS)),
    permutations,
    permutationsAsGood: permuted.filter(({ best }) => best[0].auc >= ranking.best[0].auc).length,
  };
  return { ranking, choice };
}

function describe(best: readonly RankedSubset[], choice: FeatureChoice): string {
  const { candidates, maxFeatures, subsets, permutations, permutationsAsGood } = choice;
  const rows = best.map(({ columns, auc, logLoss }, i) => [
    ...[i + 1, columns.map((column) => candidates[column]).join(',')],
    ...[auc.toFixed(3), logLoss.toFixed(3)],
  ]);
  const p = (permutationsAsGood + 1) / (permutations + 1);
  const luck = `with shuffled classes, the best subset is as good in ${permutationsAsGood} of ${permutations} cases (p = ${p.toPrecision(2)})\n`;
  return [
    `${subsets} subsets of at most ${maxFeatures} of ${candidates.length} features, leave-one-out\n\n`,
    formatTable(['rank', 'features', 'AUC', 'log loss'], rows),
    `\nwith the choice inside the leave-one-out: AUC ${choice.nestedAuc.toFixed(3)}\n`,
    ...(permutations > 0 ? [luck] : []),
  ].join('');
}
