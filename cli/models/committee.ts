import { type AssembledCommittee, assembleCommittee } from '../../shared/committee/assemble-committee.ts';
import { COMMITTEE_PARTS } from '../../shared/committee/committee.ts';
import { renderCommitteeCard } from '../../shared/committee/committee-card.ts';
import type { HeldOutFold } from '../../shared/committee/committee-evaluation.ts';
import type { Tree } from '../../shared/learning/regression-tree.ts';
import type { TrainingSet } from '../../shared/student/training-set.ts';
import { printJson } from '../terminal/output.ts';
import { note } from '../terminal/terminal.ts';
import type { CommitteeJob, CommitteeJobResult } from './committee-worker.ts';
import { forgetJobs, runLongJobs } from './long-jobs.ts';
import { writeModel } from './model-files.ts';
import { readAsked, type TrainingArguments } from './training-arguments.ts';

/** `committee --labels labels.csv --out committee.onnx`: grow, cross-validate, calibrate, export, write the card. */
export async function runCommittee(options: TrainingArguments): Promise<void> {
  const set = await readAsked(options);
  const { members, folds } = await trainAll(set, options);
  await writeCommittee(options, assembleCommittee(set, COMMITTEE_PARTS, members, folds));
  await forgetJobs(options.out);
}

async function trainAll(
  { ionic, features, options }: TrainingSet,
  { workers, out }: TrainingArguments,
): Promise<{ members: readonly Tree[]; folds: HeldOutFold[] }> {
  const job: CommitteeJob = { ionic, features, options, parts: COMMITTEE_PARTS };
  const jobs = [job, ...Array.from({ length: options.folds }, (_, fold) => ({ ...job, fold }))];
  note(`${ionic.length} ionic formulas; ${options.folds} folds and the final committee to grow`);
  const [final, ...folds] = await runLongJobs<CommitteeJob, CommitteeJobResult>({
    script: new URL('./committee-worker.js', import.meta.url),
    jobs,
    workers,
    out,
    unit: 'committees',
    describe: (_, index) => (index === 0 ? 'final committee' : `fold ${index}`),
  });
  return {
    members: final.members as readonly Tree[],
    folds: folds.map(({ heldOut }) => heldOut as HeldOutFold),
  };
}

async function writeCommittee({ out, json }: TrainingArguments, { model, card }: AssembledCommittee): Promise<void> {
  const files = await writeModel(out, model, card, renderCommitteeCard(card));
  if (json) return printJson({ files, modelHash: card.modelHash, evaluation: card.evaluation });
  const { folds } = card.evaluation;
  const mean = (of: (fold: (typeof folds)[number]) => number): string =>
    (folds.reduce((sum, fold) => sum + of(fold), 0) / folds.length).toFixed(3);
  const metrics = `AUC ${mean(({ auc }) => auc)}, average precision ${mean(({ averagePrecision }) => averagePrecision)}, F1 ${mean(({ f1 }) => f1)}`;
  const errors = `calibration error ${mean(({ calibrationErrorRaw }) => calibrationErrorRaw)} before and ${mean(({ calibrationError }) => calibrationError)} after`;
  process.stdout.write(
    `held-out systems: ${metrics}, ${errors}\n${files.join(', ')} written, the model of ${(model.length / 1e6).toFixed(1)} MB\n`,
  );
}
