import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import type { Substitution } from '../../shared/structure/substitute.ts';
import { withExamples } from '../terminal/examples.ts';
import { naturalNumber, positiveInteger } from '../terminal/options.ts';

/** `label PATH… --out labels.csv`: the teacher's features and teacher probability of crystal structures. */
export function labelCommand(): Command {
  const command = new Command('label')
    .description('label crystal structures with the teacher: its features and a probability each')
    .argument('<path...>', 'CIF, POSCAR or OPTIMADE JSON Lines files (plain or .gz), or directories of them')
    .option(
      '--out <file>',
      'labels file to write, compressed if it ends in .gz (default: labels of files are printed; folders need a file)',
    )
    .option('--teacher <file>', 'teacher file (default: the published teacher of Sendek et al. 2017)')
    .option(
      '--substitute <from=to>',
      'put one element in the place of another first, such as Li=Na; the cell grows with the ionic radii',
      parseSubstitution,
    )
    .option('--json', 'print files and counts as JSON')
    .action(async (paths, options) => (await import('./label.ts')).runLabel(paths, options));
  return withExamples(
    command,
    ['ionsieve label LiFePO4.cif', 'print the label of a structure'],
    ['ionsieve label cifs --out labels.csv', 'label all structure files of a folder'],
    ['ionsieve label mp.jsonl.gz --out labels.csv.gz', 'label what `import optimade` fetched'],
    [
      'ionsieve label cifs --out na.csv --teacher models/teacher-sodium.json --substitute Li=Na',
      'lithium structures as if they had sodium',
    ],
  );
}

function parseSubstitution(text: string): Substitution {
  const [from, to, ...rest] = text.split('=').map(atomicNumber);
  if (from === undefined || to === undefined || from === to || rest.length > 0)
    throw new InvalidArgumentError('Give two elements such as Li=Na.');
  return { from, to };
}

/** `distill --labels labels.csv --out student.onnx`: train, evaluate, export, write the card. */
export function distillCommand(): Command {
  const command = trainingCommand(
    'distill',
    'distill a student from labels: train it, evaluate it on held-out systems, export it with its card',
    'student.onnx',
  ).action(async (options) => (await import('./distill.ts')).runDistill(options));
  return withExamples(
    command,
    [
      'ionsieve distill --labels data/labels.csv.gz --out student.onnx',
      'distill the student again from the shipped labels',
    ],
    [
      'ionsieve distill --labels mine.csv --teacher mine.json --out mine.onnx --seed 2',
      'a student of your own teacher, which made these labels',
    ],
  );
}

/** `committee --labels labels.csv --out committee.onnx`: grow, cross-validate, calibrate, export, write the card. */
export function committeeCommand(): Command {
  const command = trainingCommand(
    'committee',
    'make the committee that re-scores the best of a screening, from the labels of the student',
    'committee.onnx',
  ).action(async (options) => (await import('./committee.ts')).runCommittee(options));
  return withExamples(command, [
    'ionsieve committee --labels data/labels.csv.gz --out committee.onnx',
    'make the committee again from the shipped labels',
  ]);
}

/** A command that makes a model from labels, still without its action. @param exampleOut name of a model, for the help */
function trainingCommand(name: string, description: string, exampleOut: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--labels <file>', 'labels file, as label writes it (plain or .gz)')
    .requiredOption('--out <file>', `model to write, such as ${exampleOut}; its card is written beside it`)
    .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
    .option('--teacher <file>', 'the teacher that made the labels (default: the published one)')
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--json', 'print files and held-out figures as JSON');
}

/** `fine-tune --measurements train.csv --out student-measured.onnx`: distill, fine-tune, compare on held-out systems. */
export function fineTuneCommand(): Command {
  const command = new Command('fine-tune')
    .description(
      'distill a student from labels, then fine-tune it on measured conductivities; compare on held-out systems',
    )
    .requiredOption('--measurements <file>', 'CSV of formulas and conductivities, the unit in the header')
    .requiredOption('--out <file>', 'model to write, such as student-measured.onnx; its card is written beside it')
    .option('--labels <file>', 'labels file, as label writes it (default: the shipped labels)')
    .option('--teacher <file>', 'the teacher that made the labels (default: the published one)')
    .option('--formula-column <name>', 'column of the formulas (default: formula or composition)')
    .option('--conductivity-column <name>', 'column of the conductivities (default: the one that names its unit)')
    .option('--source <text>', 'whom to credit for the measurements, for the card')
    .option('--repeats <count>', 'cross-validations, each with other folds', positiveInteger, 3)
    .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--json', 'print files and held-out figures as JSON')
    .action(async (options) => (await import('./fine-tune.ts')).runFineTune(options));
  return withExamples(command, [
    'ionsieve fine-tune --measurements measurements.csv --out mine.onnx --repeats 1',
    'a student for compositions near measured ones; `import obelix` brings such a file',
  ]);
}
