import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { forgetJobs, runLongJobs } from '../cli/models/long-jobs.ts';
import { withExamples } from '../cli/terminal/examples.ts';
import { naturalNumber, positiveInteger } from '../cli/terminal/options.ts';
import { checkOutput, writeTogether } from '../cli/terminal/output-files.ts';
import { tellInputs } from '../cli/terminal/tell-inputs.ts';
import { note } from '../cli/terminal/terminal.ts';
import { roundSignificant } from '../shared/io/tables/csv.ts';
import { didYouMean } from '../shared/suggest.ts';
import { describeJob, type StudyJob, type StudyJobResult } from './jobs.ts';
import { makeStudy } from './make-study.ts';
import { SECTIONS, type Section } from './study.ts';
import { readStudyData, STUDY_FILES } from './study-data.ts';

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
  const command = new Command('study')
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
    .option('--json', 'print study.json')
    .action(runStudy);
  return withExamples(command, [
    'npm run -s study -- --data data --out study --sections small-data,transfer',
    'two of the sections, from a folder with these files',
  ]);
}

function parseSections(text: string): ReadonlySet<Section> {
  return new Set(
    text.split(',').map((part) => {
      const name = SECTIONS.find((section) => section === part.trim());
      if (name !== undefined) return name;
      throw new InvalidArgumentError(`Choose among ${SECTIONS.join(', ')}.${didYouMean(part.trim(), SECTIONS)}`);
    }),
  );
}

async function runStudy({ data, out, sections, seed, workers, json }: Options): Promise<void> {
  const [figures, page] = [join(out, 'study.json'), join(out, 'study.html')];
  const inputs = STUDY_FILES.map((name) => join(data, name));
  await checkOutput(figures, inputs);
  await checkOutput(page, inputs);
  await tellInputs(inputs);
  note('labelling structures');
  const input = await readStudyData(data, seed);
  const { studyPage } = await import('./page/page.ts'); // plots take long to load
  const study = await makeStudy(input, sections, (jobs) => runAll(jobs, workers, figures));
  const text = `${JSON.stringify(study, (_, value) => (typeof value === 'number' ? roundSignificant(value, DIGITS) : value), 2)}\n`;
  await writeTogether([
    [figures, Buffer.from(text)],
    [page, Buffer.from(studyPage(study))],
  ]);
  await forgetJobs(figures);
  process.stdout.write(json ? text : `${figures}, ${page} written\n`);
}

function runAll(jobs: readonly StudyJob[], workers: number, out: string): Promise<StudyJobResult[]> {
  return runLongJobs<StudyJob, StudyJobResult>({
    script: new URL('./study-worker.js', import.meta.url),
    jobs,
    workers,
    out,
    unit: 'trainings',
    describe: (_, index) => describeJob(jobs[index]),
  });
}
