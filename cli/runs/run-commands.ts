import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_STUDENT, STUDENT_OPTION } from '../../local/shipped/students.ts';
import { withExamples } from '../terminal/examples.ts';
import { naturalNumber, positiveInteger } from '../terminal/options.ts';
import { optionOf, withRankingOptions, withRunOptions } from './ranking-options.ts';

// What a command does is imported when it is called: nobody waits for the rest of the program.

const DEFAULT_PORT = 8470;

/** `screen`: score every composition of a space and rank the best. */
export function screenCommand(): Command {
  const command = withRankingOptions(screenSources())
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .addOption(optionOf('chunks'))
    .option('--out <directory>', 'where runs are kept; the same command again goes on with a run', 'out')
    .option('--json', 'print summary.json alone')
    .action(async (options) => (await import('./screen.ts')).runScreen(options));
  return withExamples(
    command,
    ['ionsieve screen', 'screen the default space'],
    ['ionsieve screen --space trillion --prune --exclude Co,toxic', 'a space of 1.2e12 compositions, without cobalt'],
    [
      'ionsieve screen --compositions list.csv --rank-by lower --out mine',
      'a list, ranked by what the committee is sure of',
    ],
  );
}

function screenSources(): Command {
  const command = new Command('screen')
    .description('screen a composition space, or a list, with a student: score every composition, rank the best')
    .addOption(optionOf('space'))
    .addOption(optionOf('compositions'))
    .addOption(optionOf('student', STUDENT_OPTION).default(DEFAULT_STUDENT));
  return withRunOptions(command, ['committee', 'labels', 'measured']);
}

/** `score FORMULA…`: the student's probability of single compositions, and the committee's. */
export function scoreCommand(): Command {
  const command = new Command('score')
    .description('probability of compositions such as Li6.4La3Zr1.4Ta0.6O12, Li10Ge(PS6)2 or Li2SO4·H2O')
    .argument('[formula...]', 'formulas: fractional amounts, brackets and hydrate dots are read')
    .option(
      '--file <file>',
      'more formulas: a table with a column of them, or one per line; empty lines and lines that begin with # are passed over',
    )
    .option('--student <student>', STUDENT_OPTION, DEFAULT_STUDENT)
    .option('--committee <file>', 'committee that scores them too, or none (default: the one beside the student)')
    .option('--json', 'print [{formula, probability, …}], with the columns of the committee if there is one')
    .action(async (formulas, options) => (await import('./score.ts')).runScore(formulas, options));
  return withExamples(
    command,
    ['ionsieve score Li6.4La3Zr1.4Ta0.6O12 75Li2S·25P2S5', 'two compositions, by student and committee'],
    ['ionsieve score --file formulas.txt --student measured --json', 'a file of formulas, as JSON'],
  );
}

/** `verify`: is a run complete and untouched? */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('prove that a run is complete and untouched, and score a sample of it anew')
    .argument('<run>', 'id of a run, or its beginning, or its directory')
    .option('--out <directory>', 'where runs are kept', 'out')
    .option('--sample <count>', 'compositions to score anew, about', positiveInteger, 400)
    .option('--seed <number>', 'of the sample', naturalNumber, 1)
    .option('--json', 'print JSON alone')
    .action(async (run, options) => (await import('./verify.ts')).runVerify(run, options));
  return withExamples(
    command,
    ['ionsieve verify 0a1b2c3d4e5f6a7b8c9d', 'a run of out/; ends with 3 if something is damaged'],
    ['ionsieve verify mine/runs/0a1b2c3d4e5f6a7b8c9d --sample 5000 --json', 'a directory, with a larger sample'],
  );
}

/** `serve DIR`: look at runs and compare them in a browser of this machine. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('look at the runs of a directory in a browser of this machine, and compare them; Ctrl-C ends it')
    .argument('[directory]', 'where runs are kept', 'out')
    .option('--port <number>', 'port of 127.0.0.1; 0 = any that is free', portNumber, DEFAULT_PORT)
    .option('--json', 'print address and directory as JSON, once the server listens')
    .action(async (directory, options) => (await import('./serve.ts')).runServe(directory, options));
  return withExamples(
    command,
    ['ionsieve serve', 'look at the runs of out/'],
    ['ionsieve serve results --port 0 --json', 'on a free port, its address as JSON'],
  );
}

function portNumber(text: string): number {
  const port = naturalNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('Give a port up to 65535.');
  return port;
}
