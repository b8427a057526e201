import { formatJson } from '../../shared/json.ts';
import {
  nestedAuc,
  nestedSearches,
  permutedSearches,
  type RankedSubset,
  type SubsetRanking,
  type SubsetSearch,
} from '../../shared/teacher/choose-features.ts';
import type { FeatureName } from '../../shared/teacher/feature-names.ts';
import { checkClasses, featureRows, fitTeacher, type MeasuredCompound } from '../../shared/teacher/fit-teacher.ts';
import { type FeatureChoice, formatTeacher } from '../../shared/teacher/teacher.ts';
import { formatTable } from '../terminal/output.ts';
import { checkOutput, outputFile, outputName, tellBeside, writeTogether } from '../terminal/output-files.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { note } from '../terminal/terminal.ts';
import { forgetJobs, runLongJobs } from './long-jobs.ts';
import { fitSettings, type MeasuredOptions, readCompounds } from './measured-compounds.ts';

interface ChooseOptions extends MeasuredOptions {
  readonly candidates: readonly FeatureName[];
  readonly maxFeatures: number;
  readonly show: number;
  readonly permutations: number;
  readonly seed: number;
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
}

const DIGITS = 6; // decimals of an AUC in a teacher file
const LEAST_OF_CLASS = 3; // one is left out of the choice, and one within it

/** `teacher choose`: compare subsets of features, and say how much of the best one's figures is luck. */
export async function runChoose(options: ChooseOptions): Promise<void> {
  const { candidates, maxFeatures, show, penalty, out } = options;
  const inputs = [options.conductivities, ...options.structures, ...options.fallbackStructures];
  if (out !== undefined) await checkOutput(out, inputs);
  await tellInputs(inputs);
  const { compounds, without } = await readCompounds(options, candidates);
  checkClasses(compounds, options.threshold, LEAST_OF_CLASS);
  if (without > 0) note(`${without} compounds skipped: no usable structure`);
  const positive = compounds.map(({ conductor }) => conductor);
  const rows = featureRows(compounds, candidates);
  const search = { rows, positive, penalty, maxColumns: maxFeatures, keep: show };
  const { ranking, choice } = await judge(search, options);
  if (out !== undefined) await writeTeacher(out, compounds, ranking.best[0], choice, options);
  const told = options.json
    ? formatJson({ ...choice, best: ranking.best.map((subset) => named(subset, candidates)), file: out })
    : describe(ranking.best, choice) + (out === undefined ? '' : `${out} written\n`);
  await tellBeside(out, told);
}

/** A subset as JSON has it. */
function named({ columns, auc, logLoss }: RankedSubset, candidates: readonly FeatureName[]): object {
  return { features: columns.map((column) => candidates[column]), auc, logLoss };
}

async function writeTeacher(
  out: string,
  compounds: readonly MeasuredCompound[],
  best: RankedSubset,
  choice: FeatureChoice,
  options: ChooseOptions,
): Promise<void> {
  const features = best.columns.map((column) => options.candidates[column]);
  const settings = fitSettings(options, await outputName(out, 'teacher'));
  const teacher = fitTeacher(compounds, { ...settings, features, choice });
  await writeTogether([[out, Buffer.from(formatTeacher(teacher))]]);
  const file = await outputFile(out);
  if (file !== undefined) await forgetJobs(file);
}

/** The search, and the same with shuffled classes and with each compound left out: all share the threads. */
async function judge(
  search: SubsetSearch,
  { candidates, maxFeatures, permutations, seed, workers, out }: ChooseOptions,
): Promise<{ ranking: SubsetRanking; choice: FeatureChoice }> {
  const jobs = [search, ...nestedSearches(search), ...permutedSearches(search, permutations, seed)];
  const script = new URL('./choose-worker.js', import.meta.url);
  const [ranking, ...others] = await runLongJobs<SubsetSearch, SubsetRanking>({
    script,
    jobs,
    workers,
    out: out && (await outputFile(out)),
    unit: 'searches',
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
