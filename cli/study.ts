import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { roundSignificant } from '../shared/io/csv.ts';
import { describeJob, type StudyJob, type StudyJobResult } from '../shared/study/jobs.ts';
import { makeStudy } from '../shared/study/make-study.ts';
import { SECTIONS, type Section } from '../shared/study/study.ts';
import { naturalNumber, positiveInteger } from './options.ts';
import { checkOutput, writeTogether } from './output-files.ts';
import { readStudyData, STUDY_FILES } from './study-data.ts';
import { runJobs } from './worker-jobs.ts';

interface Options {
  readonly data: string;
  readonly out: string;
  readonly sections: ReadonlySet<Section>;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

const DIGITS = 6; // significant

/** `study --data DIR --out DIR`: the paper's argument on real data, as figures and as a page. */
export function studyCommand(): Command {
  return new Command('study')
    .description("the paper's argument on real data: small data, labels, students, transfer to measurements, merges")
    .requiredOption('--data <folder>', `folder with ${STUDY_FILES.join(', ')}`)
    .requiredOption('--out <folder>', 'receives study.json and study.html')
    .addOption(
      new Option('--sections <names>', `of ${SECTIONS.join(',')}`)
        .argParser(parseSections)
        .default(new Set(SECTIONS), 'all'),
    )
    .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--json', 'print study.json as well')
    .action(runStudy);
}

function parseSections(text: string): ReadonlySet<Section> {
  const names = text.split(',').map((part) => SECTIONS.find((section) => section === part.trim()));
  const known = names.filter((name) => name !== undefined);
  if (known.length < names.length) throw new InvalidArgumentError(`Choose among ${SECTIONS.join(', ')}.`);
  return new Set(known);
}

async function runStudy({ data, out, sections, seed, workers, json }: Options): Promise<void> {
  const [figures, page] = [join(out, 'study.json'), join(out, 'study.html')];
  const inputs = STUDY_FILES.map((name) => join(data, name));
  await checkOutput(figures, inputs);
  await checkOutput(page, inputs);
  process.stderr.write('labelling structures\n');
  const input = await readStudyData(data, seed);
  const { studyPage } = await import('../shared/study/page.ts'); // plots take long to load
  const study = await makeStudy(input, sections, (jobs) => runAll(jobs, workers));
  const text = `${JSON.stringify(study, (_, value) => (typeof value === 'number' ? roundSignificant(value, DIGITS) : value), 2)}\n`;
  await writeTogether([
    [figures, Buffer.from(text)],
    [page, Buffer.from(studyPage(study))],
  ]);
  process.stderr.write(`${figures}, ${page} written\n`);
  if (json) process.stdout.write(text);
}

function runAll(jobs: readonly StudyJob[], workers: number): Promise<StudyJobResult[]> {
  const started = performance.now();
  let done = 0;
  return runJobs<StudyJob, StudyJobResult>(new URL('./study-worker.js', import.meta.url), jobs, workers, (_, index) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(`${++done} of ${jobs.length} after ${seconds} s: ${describeJob(jobs[index])}\n`);
  });
}
