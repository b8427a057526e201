import { availableParallelism, constants } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { decodeSummary } from '../shared/report/run-outputs.ts';
import { type RunSummary, sourceName } from '../shared/report/summary.ts';
import { DEFAULT_SPACE, findSpaceFile, SPACE_OPTION } from './load-space.ts';
import { type FinishedRun, runLocally } from './local-runner.ts';
import { positiveInteger } from './options.ts';
import { formatCount, formatTable, Interruption } from './output.ts';
import { packagePath } from './package-root.ts';

interface ScreenOptions {
  readonly space?: string;
  readonly compositions?: string;
  readonly student: string;
  readonly top: number;
  readonly perSystem: number;
  readonly workers: number;
  readonly chunks?: number;
  readonly out: string;
  readonly json?: boolean;
}

/** `screen`: score every composition of a space and rank the best. */
export function screenCommand(): Command {
  return new Command('screen')
    .description('screen a composition space, or a list, with a student: score every composition, rank the best')
    .option('--space <file>', `${SPACE_OPTION} (default: "${DEFAULT_SPACE}")`)
    .addOption(
      new Option(
        '--compositions <file>',
        'instead of a space: CSV or Parquet file with a column "formula", or a folder of such files',
      ).conflicts('space'),
    )
    .addOption(
      new Option('--student <file>', 'model, as distill writes it').default(
        packagePath('models/student.onnx'),
        'the shipped student',
      ),
    )
    .option('--top <count>', 'compositions to rank', positiveInteger, 1000)
    .option('--per-system <count>', 'compositions of one chemical system to rank, at most', positiveInteger, 3)
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--chunks <count>', 'parts in which the work is done (default: by the amount of work)', positiveInteger)
    .option('--out <directory>', 'where runs are kept; the same command again goes on with a run', 'out')
    .option('--json', 'print summary.json alone')
    .action(screen);
}

async function screen(options: ScreenOptions): Promise<void> {
  const source =
    options.compositions === undefined
      ? { space: findSpaceFile(options.space ?? DEFAULT_SPACE) }
      : { compositions: resolve(options.compositions) };
  const { student, top, perSystem, chunks = 0, workers, out } = options;
  const finished = await runLocally({ ...source, student, top, perSystem, chunks, workers, out }, untilInterrupted);
  if (options.json) process.stdout.write(finished.summary);
  else process.stdout.write(describeRun(options.out, finished));
}

/** Work until done or until the user stops it. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    const message = 'stopped; finished chunks are kept: give the same command again to go on';
    controller.abort(new Interruption(message, 128 + constants.signals[signal]));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop); // a second signal ends the process at once
  try {
    await work(controller.signal);
    controller.signal.throwIfAborted();
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function describeRun(out: string, { runId, summary: bytes }: FinishedRun): string {
  const summary: RunSummary = decodeSummary(bytes);
  const { space, student, screened, passed, ranked, skipped, top } = summary;
  const percent = ((100 * passed) / Math.max(1, screened)).toPrecision(3);
  const folder = join(out, 'runs', runId);
  const systems = space === undefined ? '' : ` in ${formatCount(space.systems)} systems`;
  const rows = top.map(({ rank, formula, system, probability }) => [rank, formula, system, probability.toFixed(6)]);
  return [
    `${formatCount(screened)} compositions of ${sourceName(summary)} screened${systems};`,
    ` ${formatCount(passed)} (${percent} %) reach probability ${student.threshold}\n`,
    ...describeSkipped(skipped, join(folder, 'skipped.csv')),
    '\n',
    formatTable(['rank', 'formula', 'system', 'probability'], rows),
    `\n${formatCount(ranked)} ranked in ${join(folder, 'ranking.csv')}\n`,
  ].join('');
}

function describeSkipped(skipped: RunSummary['skipped'], file: string): string[] {
  if (skipped === undefined || skipped.total === 0) return [];
  const reasons = Object.entries(skipped.reasons).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  return [`${formatCount(skipped.total)} rows have no score (${reasons.join(', ')}), see ${file}\n`];
}
