import { packagePath } from '../../local/shipped/package-root.ts';
import { assembleFineTuned } from '../../shared/fine-tuning/assemble-fine-tuned.ts';
import { compareMeasured } from '../../shared/fine-tuning/compare-measured.ts';
import type { HeldOutPart, HeldOutPredictions } from '../../shared/fine-tuning/evaluate-fine-tuning.ts';
import {
  checkSystems,
  FINE_TUNE_DEFAULTS,
  type FineTuneOptions,
  unmeasuredLabels,
} from '../../shared/fine-tuning/fine-tune.ts';
import { renderFineTunedCard } from '../../shared/fine-tuning/fine-tuned-card.ts';
import type { ConductivityScale } from '../../shared/fine-tuning/measured-likelihood.ts';
import { readTableText } from '../../shared/io/tables/table-file.ts';
import { type MeasuredComposition, mergeMeasurements, parseMeasurements } from '../../shared/labels/measurements.ts';
import type { Weights } from '../../shared/student/network.ts';
import type { NamedText, TrainingSet } from '../../shared/student/training-set.ts';
import { noteSheet } from '../terminal/note-sheet.ts';
import { printJson } from '../terminal/output.ts';
import { tellInputs } from '../terminal/tell-inputs.ts';
import { note } from '../terminal/terminal.ts';
import type { FineTuneJob, FineTuneResult } from './fine-tune-worker.ts';
import { forgetJobs, runLongJobs } from './long-jobs.ts';
import { checkModelOutput, PUBLISHED_TEACHER, readTrainingSet, writeModel } from './model-files.ts';

interface Options {
  readonly measurements: string;
  readonly labels: string;
  readonly out: string;
  readonly seed: number;
  readonly teacher?: string;
  readonly formulaColumn?: string;
  readonly conductivityColumn?: string;
  readonly source?: string;
  readonly repeats: number;
  readonly workers: number;
  readonly json?: boolean;
}

const FOLDS = 5;

/** `fine-tune --measurements train.csv --out student-measured.onnx`: distill, fine-tune, compare on held-out systems. */
export async function runFineTune(options: Options): Promise<void> {
  const { labels = packagePath('data/labels.csv.gz'), teacher = PUBLISHED_TEACHER } = options;
  const { measurements: file, out, source, repeats, seed } = options;
  await checkModelOutput(out, [labels, teacher, file]);
  await tellInputs([labels, teacher, file]);
  const set = await readTrainingSet(labels, teacher, seed);
  const measurements = { file, text: await readTableText(file, { onSheet: noteSheet(file) }), source };
  const measured = readMeasured(measurements, set, options);
  const trained = await trainAll(set, measured, options);
  const comparison = compareMeasured(measured, trained.repeats, trained.options.threshold, seed);
  const evaluation = { folds: FOLDS, repeats, ...comparison };
  await writeStudent(options, assembleFineTuned(set, { measurements, measured, evaluation, ...trained }));
  await forgetJobs(out);
}

function readMeasured(
  { file, text }: NamedText,
  { features, options: { mobileIon } }: TrainingSet,
  { formulaColumn, conductivityColumn }: Options,
): MeasuredComposition[] {
  const learnable = { mobileIon, knows: (z: number) => features.rowByAtomicNumber[z] >= 0 };
  const columns = { formula: formulaColumn, conductivity: conductivityColumn };
  const measured = mergeMeasurements(parseMeasurements(text, file, learnable, columns, note), file);
  checkSystems(measured, file);
  return measured;
}

async function writeStudent(
  { out, json }: Options,
  { model, card }: ReturnType<typeof assembleFineTuned>,
): Promise<void> {
  const text = renderFineTunedCard(card);
  const files = await writeModel(out, model, card, text);
  if (json) return printJson({ files, modelHash: card.modelHash, evaluation: card.evaluation });
  const table = text.split('\n').filter((line) => line.startsWith('|') && line.includes(' to '));
  process.stdout.write(`${table.join('\n')}\n${files.join(', ')} written\n`);
}

/** The fine-tuned student, and what was predicted for held-out systems in each repeat. */
interface Trained {
  readonly options: FineTuneOptions;
  readonly weights: Weights;
  readonly scale: ConductivityScale;
  readonly repeats: readonly (readonly HeldOutPredictions[])[];
}

/** Two students are distilled: the one to ship starts from all labels, those that are judged from labels without any measured system. */
async function trainAll(
  { ionic, features, options: distill }: TrainingSet,
  measured: readonly MeasuredComposition[],
  options: Options,
): Promise<Trained> {
  const { seed, repeats } = options;
  note(`${measured.length} measured compositions; two students to distill`);
  const distillations = [ionic, unmeasuredLabels(ionic, measured)].map((labels) => ({
    distill: { labels, features, options: distill },
  }));
  const [all, blind] = await train(distillations, options, 'distillations');
  const training = { ...FINE_TUNE_DEFAULTS.training, size: distill.training.size };
  const tuning = { ...FINE_TUNE_DEFAULTS, training, mobileIon: distill.mobileIon, seed };
  const known = ionic.map(({ composition }) => composition);
  const task = { measured, known, features, options: tuning };
  const evaluate = { ...task, transferred: blind.weights as Weights };
  const parts = heldOutParts(repeats, seed).map((held) => ({ evaluate, held }));
  const tune = { ...task, transferred: all.weights };
  const [tuned, ...evaluated] = await train([{ tune }, ...parts], options, 'fine-tunings');
  const predictions = evaluated.map(({ heldOut }) => heldOut as HeldOutPredictions);
  return {
    options: tuning,
    weights: tuned.weights as Weights,
    scale: tuned.scale as ConductivityScale,
    repeats: Array.from({ length: repeats }, (_, r) => predictions.slice(r * FOLDS, (r + 1) * FOLDS)),
  };
}

function heldOutParts(repeats: number, seed: number): HeldOutPart[] {
  return Array.from({ length: repeats * FOLDS }, (_, i) => ({
    fold: i % FOLDS,
    folds: FOLDS,
    seed: seed + Math.floor(i / FOLDS),
  }));
}

function train(
  jobs: readonly FineTuneJob[],
  { workers, out }: Options,
  unit: 'distillations' | 'fine-tunings',
): Promise<FineTuneResult[]> {
  const script = new URL('./fine-tune-worker.js', import.meta.url);
  return runLongJobs<FineTuneJob, FineTuneResult>({ script, jobs, workers, unit, out });
}
