import { IntegrityError } from '../errors.ts';
import { type ArrayFile, decodeArrays, encodeArrays } from '../io/array-file.ts';
import type { ObjectStore } from '../io/store.ts';
import { type FoldEvaluation, foldTask, judgeFold } from '../student/distill.ts';
import { Distillation, type DistillationTask, type DistilledStudent } from '../student/distillation.ts';
import { mapWeights, type Weights, weightShapes } from '../student/network.ts';
import { decodeJson, encodeJson } from './job.ts';
import { checkpointKey, trainingKey } from './job-keys.ts';
import { listTrainings, type OpenJob } from './training-job.ts';

/** What came of going on with a training. */
export interface TrainingProgress {
  readonly done: boolean;
  readonly discarded: string | undefined; // what was wrong with the checkpoint that was there
}

/**
 * Go on with a training from its checkpoint until it is done or time is up, but by one step at least. A finished one
 * is left as it is.
 *
 * @param timeIsUp asked after every step
 */
export async function continueTraining(
  store: ObjectStore,
  open: OpenJob,
  training: number,
  timeIsUp: () => boolean,
): Promise<TrainingProgress> {
  const { jobId } = open.job;
  if ((await loadResult(store, open, training)) !== undefined) return { done: true, discarded: undefined };
  const task = taskOf(open, training);
  const { checkpoint, discarded } = await loadCheckpoint(store, open, training);
  const distillation = await Distillation.open(task, checkpoint);
  try {
    do await distillation.step();
    while (!distillation.done && !timeIsUp());
    if (distillation.done) {
      const result = encodeResult(open, training, task, distillation.result());
      await store.put(trainingKey(jobId, training), encodeJson(result));
      return { done: true, discarded };
    }
    const { header, arrays } = distillation.checkpoint();
    const bytes = encodeArrays({ header: { ...header, ...identityOf(open, training) }, arrays });
    await store.put(checkpointKey(jobId, training), bytes);
    return { done: false, discarded };
  } finally {
    await distillation.release();
  }
}

function taskOf({ set: { ionic, features, options } }: OpenJob, training: number): DistillationTask {
  if (training < options.folds) return foldTask(ionic, features, training, options);
  return { labels: ionic, heldOut: [], features, options };
}

/** What a training's files say to whom they belong. */
interface TrainingIdentity {
  readonly jobId: string;
  readonly training: number;
  readonly labelsHash: string;
}

function identityOf({ job, set }: OpenJob, training: number): TrainingIdentity {
  return { jobId: job.jobId, training, labelsHash: set.labelsHash };
}

function isOf(expected: TrainingIdentity, found: Partial<TrainingIdentity>): boolean {
  return (
    found.jobId === expected.jobId && found.training === expected.training && found.labelsHash === expected.labelsHash
  );
}

/** A checkpoint that is damaged or of other labels is as good as none: the training begins anew. */
async function loadCheckpoint(
  store: ObjectStore,
  open: OpenJob,
  training: number,
): Promise<{ checkpoint?: ArrayFile; discarded: string | undefined }> {
  const key = checkpointKey(open.job.jobId, training);
  const bytes = await store.get(key);
  if (bytes === undefined) return { discarded: undefined };
  try {
    const checkpoint = decodeArrays(bytes, key);
    if (isOf(identityOf(open, training), checkpoint.header)) return { checkpoint, discarded: undefined };
    return { discarded: 'it is of other labels' };
  } catch (error) {
    if (error instanceof IntegrityError) return { discarded: error.problem };
    throw error;
  }
}

/** `trainings/<n>.json`. */
interface TrainingResult extends TrainingIdentity {
  readonly evaluation?: FoldEvaluation; // of a fold
  readonly weights?: Readonly<Record<string, string>>; // of the training on all labels: float32, little-endian, base64
}

function encodeResult(
  open: OpenJob,
  training: number,
  task: DistillationTask,
  student: DistilledStudent,
): TrainingResult {
  const identity = identityOf(open, training);
  if (training < open.set.options.folds) return { ...identity, evaluation: judgeFold(task, student) };
  const { weights } = student;
  return { ...identity, weights: mapWeights((name) => Buffer.from(weights[name].buffer).toString('base64')) };
}

/** The result of a training, or undefined if there is none of these labels. */
async function loadResult(store: ObjectStore, open: OpenJob, training: number): Promise<TrainingResult | undefined> {
  const key = trainingKey(open.job.jobId, training);
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const result = decodeJson<TrainingResult>(bytes, () => unfinished(store, key, 'it is no JSON object'));
  return isOf(identityOf(open, training), result) ? result : undefined;
}

/** What all trainings of a job gave; throws {@link IntegrityError} naming one that has no result. */
export async function loadTrainings(
  store: ObjectStore,
  open: OpenJob,
): Promise<{ weights: Weights; folds: FoldEvaluation[] }> {
  const { features, options } = open.set;
  const results: TrainingResult[] = [];
  for (const { training } of listTrainings(open.job)) {
    const result = await loadResult(store, open, training);
    const isWhole = training < options.folds ? result?.evaluation !== undefined : result?.weights !== undefined;
    if (result === undefined || !isWhole)
      throw unfinished(store, trainingKey(open.job.jobId, training), 'the training has no result');
    results.push(result);
  }
  const shapes = weightShapes(features, options.training.size);
  const encoded = results[options.folds].weights ?? {};
  const weights = mapWeights((name) => {
    const bytes = new Uint8Array(Buffer.from(encoded[name] ?? '', 'base64'));
    if (bytes.length !== 4 * shapes[name][0] * shapes[name][1])
      throw unfinished(
        store,
        trainingKey(open.job.jobId, options.folds),
        `its weights ${name} have ${bytes.length} bytes`,
      );
    return new Float32Array(bytes.buffer);
  });
  return { weights, folds: results.slice(0, options.folds).map(({ evaluation }) => evaluation as FoldEvaluation) };
}

function unfinished({ location }: ObjectStore, key: string, problem: string): IntegrityError {
  return new IntegrityError(
    problem,
    { file: `${location}/${key}` },
    'Delete it and train again: redrive the execution.',
  );
}
