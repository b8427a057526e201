import { Command } from 'commander';
import { withAccountOptions } from '../cloud/options.ts';
import { withExamples } from '../terminal/examples.ts';
import { positiveInteger } from '../terminal/options.ts';

/** `compare`: what entered, left and moved between two rankings, and why. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('what entered, left and moved between two rankings, and why; with a page to look at')
    .argument('<before>', 'ranking.csv, the directory of a run, a run id or its beginning, or s3://BUCKET/runs/ID')
    .argument('<after>', 'the same for the later run')
    .option('--out <file>', 'HTML page to write')
    .option('--runs <directory>', 'where runs are kept', 'out')
    .option('--top <count>', 'lines to compare, from the best (default: all)', positiveInteger)
    .option('--limit <count>', 'lines to print of each kind, at most', positiveInteger, 20);
  withAccountOptions(command)
    .option('--json', 'print JSON alone')
    .action(async (before, after, options) => (await import('./compare.ts')).runCompare(before, after, options));
  return withExamples(
    command,
    ['ionsieve compare before.csv after.csv', 'what changed between two rankings'],
    ['ionsieve compare 0a1b2c3d 4e5f6a7b --out changes.html', 'two runs of out/ by their ids, with a page'],
    [
      'ionsieve compare 0a1b2c3d s3://ionsieve-dev-123456789012-us-east-1/runs/4e5f6a7b8c9d0a1b2c3d',
      'a run of out/ with one in the cloud',
    ],
  );
}
