import { Command, Option } from 'commander';
import { DEFAULT_STUDENT, STUDENT_OPTION } from '../../local/shipped/students.ts';
import { optionOf, withRankingOptions, withRunOptions } from '../runs/ranking-options.ts';
import { withExamples } from '../terminal/examples.ts';
import { positiveInteger } from '../terminal/options.ts';
import { type CloudOptions, withAccountOptions } from './options.ts';

const RUN = 'run id, or name or ARN of an execution (default: the newest)';
const SECONDS_BETWEEN_LOOKS = 6; // DescribeMapRun may be called once a second by all who watch

/** `cloud estimate`, `start`, `watch`, `cancel`, `results` and `list`: runs in an AWS account. */
export function cloudCommand(): Command {
  const command = new Command('cloud')
    .description('screen in your own AWS account: estimate, start and follow runs, fetch results')
    .hook('preAction', async (_, command) => {
      const { checkStageName, defaultStage } = await import('./stage.ts');
      if (command.getOptionValue('stage') === undefined) command.setOptionValue('stage', defaultStage());
      checkStageName(command.getOptionValue('stage'));
    });
  for (const subcommand of [
    estimateCommand().action(async (options) => (await import('./estimate.ts')).estimate(options)),
    startCommand().action(async (options) => (await import('./start.ts')).start(options)),
    watchCommand(),
    cancelCommand(),
    resultsCommand(),
    listCommand(),
  ])
    command.addCommand(subcommand);
  return withExamples(
    command,
    ['ionsieve cloud estimate --space paper-scale', 'what a run would cost, without calling AWS'],
    ['ionsieve cloud start --space paper-scale', 'start it'],
  );
}

function watchCommand(): Command {
  const command = inCloud('watch', 'show how far a run is until it ends, and how it ended')
    .argument('[run]', RUN)
    .option('--interval <seconds>', 'time between looks', positiveInteger, SECONDS_BETWEEN_LOOKS)
    .action(async (run, options) => (await import('./watch.ts')).watch(run, options));
  return withExamples(command, ['ionsieve cloud watch', 'follow the newest run']);
}

function cancelCommand(): Command {
  const command = inCloud('cancel', 'stop a run, and say what it has cost; finished chunks are kept')
    .argument('[run]', RUN)
    .action(async (run, options: CloudOptions) => (await import('./cancel.ts')).cancel(run, options));
  return withExamples(command, ['ionsieve cloud cancel', 'stop the newest run']);
}

function resultsCommand(): Command {
  const command = inCloud('results', 'download ranking, summary and report of a run, checked by their hashes')
    .argument('[run]', RUN)
    .addOption(outOption())
    .action(async (run, options) => (await import('./results.ts')).results(run, options));
  return withExamples(command, ['ionsieve cloud results --out out', 'what came out of the newest run']);
}

function listCommand(): Command {
  const command = inCloud('list', 'list runs, the newest first, with state, source, student and cost')
    .option('--limit <count>', 'runs to list, at most', positiveInteger, 20)
    .action(async (options) => (await import('./list.ts')).list(options));
  return withExamples(command, ['ionsieve cloud list --limit 5', 'the five newest runs']);
}

function estimateCommand(): Command {
  const command = withRankingOptions(withSource(new Command('estimate')))
    .description('cost, chunks and time of a run by simulation, without calling AWS')
    .option('--student <student>', `with --prune: ${STUDENT_OPTION} (default: ${DEFAULT_STUDENT})`)
    .option('--concurrency <count>', "chunks screened at once (default: the stage's)", positiveInteger)
    .addOption(stageOption())
    .option('--json', 'print JSON alone');
  return withExamples(
    command,
    ['ionsieve cloud estimate --space trillion --json', 'cost, chunks and time, as JSON'],
    ['ionsieve cloud estimate --space trillion --prune --concurrency 500', 'with bounds, by a sample of the systems'],
  );
}

function startCommand(): Command {
  const command = withRankingOptions(
    withSource(inCloud('start', 'put space and student into the bucket if need be, and start a run')),
  )
    .option('--student <student>', `${STUDENT_OPTION}, or the SHA-256 of one in the bucket (default: the one in use)`)
    .addOption(optionOf('committee'))
    .addOption(optionOf('labels'))
    .addOption(optionOf('measured'))
    .option('--replace', 'replace a different file of the same name in the bucket');
  return withExamples(
    command,
    ['ionsieve cloud start --space paper-scale --rank-by lower', 'screen a shipped space'],
    ['ionsieve cloud start --compositions list.csv --stage prod', 'screen a list'],
  );
}

function withSource(command: Command): Command {
  return withRunOptions(command, ['space', 'compositions', 'chunks']);
}

/** A command with the options of all that call a stage. */
function inCloud(name: string, description: string): Command {
  const command = new Command(name).description(description).addOption(stageOption());
  return withAccountOptions(command).option('--json', 'print JSON alone');
}

function stageOption(): Option {
  return new Option('--stage <stage>', 'stage, as it was deployed (default: that of cdk.json)');
}

function outOption(): Option {
  return new Option('--out <directory>', 'where runs are kept').default('out');
}
