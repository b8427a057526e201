import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { type AssembledStudent, assembleStudent } from '../shared/student/assemble-student.ts';
import { renderCard } from '../shared/student/card.ts';
import type { FoldEvaluation } from '../shared/student/distill.ts';
import type { Weights } from '../shared/student/network.ts';
import type { TrainingSet } from '../shared/student/training-set.ts';
import type { DistillJob, DistillResult } from './distill-worker.ts';
import { PUBLISHED_TEACHER, readTrainingSet, writeModel } from './model-files.ts';
import { naturalNumber, positiveInteger } from './options.ts';
import { checkOutput } from './output-files.ts';
import { runJobs } from './worker-jobs.ts';

interface Options {
  readonly labels: string;
  readonly out: string;
  readonly seed: number;
  readonly teacher?: string;
  readonly workers: number;
}

/** `distill --labels labels.csv --out student.onnx`: train, evaluate, export, write the card. */
export function distillCommand(): Command {
  return new Command('distill')
    .description('distill a student from labels: train it, evaluate it on held-out systems, export it with its card')
    .requiredOption('--labels <file>', 'labels file, as label writes it (plain or .gz)')
    .requiredOption('--out <file>', 'model to write, such as student.onnx; its card is written beside it')
    .option('--seed <number>', 'seed of everything random', naturalNumber, 1)
    .option('--teacher <file>', 'the teacher that made the labels (default: the published one)')
    .option('--workers <count>', 'threads', positiveInteger, availableParallelism())
    .action(runDistill);
}

async function runDistill(options: Options): Promise<void> {
  const { labels, out, seed, teacher = PUBLISHED_TEACHER, workers } = options;
  const set = await readTrainingSet(labels, teacher, seed);
  await checkOutput(out, [labels, teacher]);
  const { folds, weights } = await trainAll(set, workers);
  await writeStudent(out, assembleStudent(set, weights, folds));
}

/** Folds and the final student are trainings of the same kind, so they share the threads. */
async function trainAll(
  { ionic: labels, features, options }: TrainingSet,
  workers: number,
): Promise<{ weights: Weights; folds: FoldEvaluation[] }> {
  const job: DistillJob = { labels, features, options };
  const jobs = [job, ...Array.from({ length: options.folds }, (_, fold) => ({ ...job, fold }))];
  process.stderr.write(`${labels.length} ionic formulas; ${options.folds} folds and the final student to train\n`);
  let done = 0;
  const script = new URL('./distill-worker.js', import.meta.url);
  const [final, ...folds] = await runJobs<DistillJob, DistillResult>(script, jobs, workers, (result, index) => {
    const precision = result.evaluation?.student.averagePrecision.toFixed(3);
    const what = precision === undefined ? 'final student' : `fold ${index}, average precision ${precision}`;
    process.stderr.write(`${++done} of ${jobs.length} trained: ${what}\n`);
  });
  return {
    weights: final.weights as Weights,
    folds: folds.map(({ evaluation }) => evaluation as FoldEvaluation),
  };
}

async function writeStudent(out: string, { model, card }: AssembledStudent): Promise<void> {
  const written = await writeModel(out, model, card, renderCard(card));
  const { auc, averagePrecision, f1 } = card.student;
  const metrics = `AUC ${auc.mean.toFixed(3)}, average precision ${averagePrecision.mean.toFixed(3)}, F1 ${f1.mean.toFixed(3)}`;
  process.stderr.write(`held-out systems: ${metrics}\n${written} written\n`);
}
