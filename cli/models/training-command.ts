import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { TrainingSet } from '../../shared/student/training-set.ts';
import { naturalNumber, positiveInteger } from '../terminal/options.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { checkModelOutput, PUBLISHED_TEACHER, readTrainingSet } from './model-files.ts';

/** Options of the commands that make a model from labels. */
export interface TrainingArguments {
  readonly labels: string;
  readonly out: string;
  readonly seed: number;
  readonly teacher?: string;
  readonly workers: number;
  readonly json?: boolean;
}

/** A command that makes a model from labels, still without its action. @param exampleOut name of a model, for the help */
export function trainingCommand(name: string, description: string, exampleOut: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--labels <file>', 'labels file, as label writes it (plain or .gz)')
    .requiredOption('--out <file>', `model to write, such as ${exampleOut}; its card is written beside it`)
    .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
    .option('--teacher <file>', 'the teacher that made the labels (default: the published one)')
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .option('--json', 'print files and held-out figures as JSON');
}

/** The training set that such a command is given, once it is known that the model can be written. */
export async function readAsked({
  labels,
  out,
  seed,
  teacher = PUBLISHED_TEACHER,
}: TrainingArguments): Promise<TrainingSet> {
  const set = await readTrainingSet(labels, teacher, seed);
  await checkModelOutput(out, [labels, teacher]);
  await tellInputs([labels, teacher]);
  return set;
}
