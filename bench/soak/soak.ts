import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { positiveInteger } from '../../cli/terminal/options.ts';
import { describeError, exitCodeOf } from '../../cli/terminal/output.ts';
import { packagePath } from '../../local/shipped/package-root.ts';
import { findSpaceFile } from '../../local/shipped/spaces.ts';
import { InputError } from '../../shared/errors.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { RUN_OPTIONS } from '../../shared/screen/run-option-table.ts';
import { describeVerdict, judgeSoak } from './soak-judgement.ts';
import { drawSoak } from './soak-plot.ts';
import { watchRun } from './soak-run.ts';
import { parseSamples } from './soak-samples.ts';

interface Options {
  readonly space: string;
  readonly workers: number;
  readonly out: string;
  readonly samples?: string;
}

/** Run a whole screening. @returns the file of its samples */
async function takeSamples({ space, workers, out }: Options): Promise<string> {
  if (process.platform !== 'linux')
    throw new InputError(`a soak reads /proc, which ${process.platform} does not have`, {}, 'Run it on Linux.');
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0)
    throw new InputError(
      'the directory is not empty',
      { file: out },
      'A soak is a whole run: name another with --out.',
    );
  const file = join(out, 'samples.csv');
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const run = { space: findSpaceFile(space), workers, directory: join(out, 'store') };
  const code = await watchRun(run, file, stop.signal);
  if (code !== 0) {
    process.exitCode = 1;
    process.stdout.write(`the run ended ${code === null ? 'by a signal' : `with ${code}`}\n`);
  }
  return file;
}

async function soak(options: Options): Promise<void> {
  const file = options.samples ?? (await takeSamples(options));
  const samples = parseSamples(await readText(file), file);
  await writeFile(`${file.replace(/\.csv$/, '')}.svg`, drawSoak(samples));
  const verdict = judgeSoak(samples);
  process.stdout.write(describeVerdict(verdict));
  if (verdict.failures.length > 0) process.exitCode = 1;
}

await new Command('soak')
  .description('Screen a space in a process of its own, look at it from outside, and judge whether it stays flat.')
  .option('--space <file>', `${RUN_OPTIONS.space.says} (default: one that takes an hour of a core)`)
  .option('--workers <count>', 'threads', positiveInteger, 1)
  .option('--out <directory>', 'new directory for the run, samples.csv and samples.svg', 'out/soak')
  .addOption(new Option('--samples <file>', 'judge and draw the samples of an earlier soak').conflicts('out'))
  .action(({ space = packagePath('bench/soak/soak-space.json'), ...options }) => soak({ space, ...options }))
  .parseAsync()
  .catch((error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  });
