import { type AssembledStudent, assembleStudent } from '../../shared/student/assemble-student.ts';
import { renderCard } from '../../shared/student/card.ts';
import type { FoldEvaluation } from '../../shared/student/distill.ts';
import type { Weights } from '../../shared/student/network.ts';
import type { TrainingSet } from '../../shared/student/training-set.ts';
import { printJson } from '../terminal/output.ts';
import { note } from '../terminal/terminal.ts';
import type { DistillJob, DistillResult } from './distill-worker.ts';
import { forgetJobs, runLongJobs } from './long-jobs.ts';
import { writeModel } from './model-files.ts';
import { readAsked, type TrainingArguments } from './training-arguments.ts';

/** `distill --labels labels.csv --out student.onnx`: train, evaluate, export, write the card. */
export async function runDistill(options: TrainingArguments): Promise<void> {
  await distillFrom(await readAsked(options), options);
}

/** Train, write the student with its card, and forget the finished trainings that were kept until then. */
export async function distillFrom(
  set: TrainingSet,
  options: Pick<TrainingArguments, 'out' | 'workers' | 'json'>,
): Promise<void> {
  const { folds, weights } = await trainAll(set, options);
  await writeStudent(options, assembleStudent(set, weights, folds));
  await forgetJobs(options.out);
}

/** Folds and the final student are trainings of the same kind, so they share the threads. */
async function trainAll(
  { ionic: labels, features, options }: TrainingSet,
  { workers, out }: Pick<TrainingArguments, 'workers' | 'out'>,
): Promise<{ weights: Weights; folds: FoldEvaluation[] }> {
  const job: DistillJob = { labels, features, options };
  const jobs = [job, ...Array.from({ length: options.folds }, (_, fold) => ({ ...job, fold }))];
  note(`${labels.length} ionic formulas; ${options.folds} folds and the final student to train`);
  const [final, ...folds] = await runLongJobs<DistillJob, DistillResult>({
    script: new URL('./distill-worker.js', import.meta.url),
    jobs,
    workers,
    out,
    unit: 'trainings',
    describe: ({ evaluation }, index) =>
      evaluation === undefined
        ? 'final student'
        : `fold ${index}, average precision ${evaluation.student.averagePrecision.toFixed(3)}`,
  });
  return {
    weights: final.weights as Weights,
    folds: folds.map(({ evaluation }) => evaluation as FoldEvaluation),
  };
}

async function writeStudent(
  { out, json }: Pick<TrainingArguments, 'out' | 'json'>,
  { model, card }: AssembledStudent,
): Promise<void> {
  const files = await writeModel(out, model, card, renderCard(card));
  const { modelHash, student, forest } = card;
  if (json) return printJson({ files, modelHash, student, forest });
  const { auc, averagePrecision, f1 } = student;
  const metrics = `AUC ${auc.mean.toFixed(3)}, average precision ${averagePrecision.mean.toFixed(3)}, F1 ${f1.mean.toFixed(3)}`;
  process.stdout.write(`held-out systems: ${metrics}\n${files.join(', ')} written\n`);
}
