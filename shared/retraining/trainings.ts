import * as v from 'valibot';
import type { HeldOutFold } from '../committee/committee-evaluation.ts';
import { IntegrityError } from '../errors.ts';
import { type ArrayFile, decodeArrays, encodeArrays } from '../io/store/array-file.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import type { ObjectStore } from '../io/store/store.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { fields, integer, type Shape, text } from '../shape.ts';
import type { FoldEvaluation } from '../student/distill.ts';
import type { Weights } from '../student/network.ts';
import { checkpointKey, trainingKey } from './job-keys.ts';
import { listTrainings, type OpenJob, trainingKind } from './training-job.ts';
import {
  decodeHeldOut,
  decodeTrees,
  decodeWeights,
  isOutcomeOf,
  openTraining,
  TRAINING_OUTCOME,
  type TrainingOutcome,
} from './training-work.ts';

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
  const { checkpoint, discarded } = await loadCheckpoint(store, open, training);
  const work = await openTraining(open.set, trainingKind(training, open.set.options.folds), checkpoint);
  try {
    do await work.step();
    while (!work.done() && !timeIsUp());
    if (work.done()) {
      const result: TrainingResult = { ...identityOf(open, training), ...work.outcome() };
      await store.put(trainingKey(jobId, training), sealJson(result));
      return { done: true, discarded };
    }
    const { header, arrays } = work.checkpoint();
    const bytes = encodeArrays({ header: { ...header, ...identityOf(open, training) }, arrays });
    await store.put(checkpointKey(jobId, training), bytes);
    return { done: false, discarded };
  } finally {
    await work.release();
  }
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
type TrainingResult = TrainingIdentity & TrainingOutcome;

const RESULT: Shape<TrainingResult> = v.intersect([
  fields({ jobId: text, training: integer(), labelsHash: text }),
  TRAINING_OUTCOME,
]);

/** The result of a training, or undefined if there is none of these labels. */
async function loadResult(store: ObjectStore, open: OpenJob, training: number): Promise<TrainingResult | undefined> {
  const key = trainingKey(open.job.jobId, training);
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const result = readSealedJson(RESULT, bytes, (problem, column) => unfinished(store, key, problem, column));
  return isOf(identityOf(open, training), result) ? result : undefined;
}

/** What all trainings of a job gave. */
export interface FinishedTrainings {
  readonly weights: Weights; // of the student
  readonly folds: readonly FoldEvaluation[]; // of the student
  readonly members: readonly Tree[]; // of the committee
  readonly heldOut: readonly HeldOutFold[]; // by the committee
}

/** What all trainings of a job gave; throws {@link IntegrityError} naming one that has no result. */
export async function loadTrainings(store: ObjectStore, open: OpenJob): Promise<FinishedTrainings> {
  const { folds } = open.set.options;
  const results: TrainingResult[] = [];
  for (const { training } of listTrainings(open.job)) {
    const result = await loadResult(store, open, training);
    if (result === undefined || !isOutcomeOf(trainingKind(training, folds), result))
      throw unfinished(store, trainingKey(open.job.jobId, training), 'the training has no result');
    results.push(result);
  }
  const [student, committee] = [results.slice(0, folds + 1), results.slice(folds + 1)];
  return {
    weights: weightsOf(store, open, student[folds]),
    folds: student.slice(0, folds).map(({ evaluation }) => evaluation as FoldEvaluation),
    members: decodeTrees(committee[folds]),
    heldOut: committee.slice(0, folds).map(decodeHeldOut),
  };
}

function weightsOf(store: ObjectStore, { job, set }: OpenJob, result: TrainingResult): Weights {
  try {
    return decodeWeights(result, set);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unfinished(store, trainingKey(job.jobId, result.training), error.message);
  }
}

function unfinished({ location }: ObjectStore, key: string, problem: string, column?: string): IntegrityError {
  return new IntegrityError(
    problem,
    { file: `${location}/${key}`, column },
    'Delete it and train again: redrive the execution.',
  );
}
