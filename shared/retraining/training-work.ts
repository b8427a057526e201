import * as v from 'valibot';
import { COMMITTEE_PARTS } from '../committee/committee.ts';
import type { HeldOutFold } from '../committee/committee-evaluation.ts';
import { CommitteeGrowth, packTrees, unpackTrees } from '../committee/committee-growth.ts';
import type { ArrayFile } from '../io/store/array-file.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { CURVES } from '../models/held-out-curves.ts';
import { fields, finiteOrNaN, integer, recordOf, type Shape } from '../shape.ts';
import { type FoldEvaluation, foldTask, judgeFold } from '../student/distill.ts';
import { Distillation, type DistillationTask } from '../student/distillation.ts';
import { mapWeights, type Weights, weightShapes } from '../student/network.ts';
import type { TrainingSet } from '../student/training-set.ts';
import type { TrainingKind } from './training-job.ts';

/** Arrays by name: little-endian, base64. */
type Encoded = Readonly<Record<string, string>>;

/** What a training leaves behind; one of these. */
export interface TrainingOutcome {
  readonly evaluation?: FoldEvaluation; // of a student's fold
  readonly weights?: Encoded; // float32, of the student of all labels
  readonly heldOut?: Encoded; // float64, predictions for a committee's fold
  readonly trees?: Encoded; // of the committee of all labels
}

const ENCODED = v.exactOptional(recordOf(v.string('a text')));
const METRICS = fields({ auc: finiteOrNaN, averagePrecision: finiteOrNaN, f1: finiteOrNaN, accuracy: finiteOrNaN });

/** What the outcome of a training is made of. */
export const TRAINING_OUTCOME: Shape<TrainingOutcome> = fields({
  evaluation: v.exactOptional(
    fields({
      formulas: integer(),
      positives: integer(),
      student: METRICS,
      forest: METRICS,
      curves: v.exactOptional(CURVES),
    }),
  ),
  weights: ENCODED,
  heldOut: ENCODED,
  trees: ENCODED,
});

/** A training that goes step by step and can be stopped after any of them. */
export interface TrainingWork {
  readonly done: () => boolean;
  readonly step: () => Promise<void>;
  readonly checkpoint: () => ArrayFile;
  readonly outcome: () => TrainingOutcome; // once it is done
  readonly release: () => Promise<void>;
}

/** @param from checkpoint of the same training */
export async function openTraining(set: TrainingSet, kind: TrainingKind, from?: ArrayFile): Promise<TrainingWork> {
  return kind.model === 'student' ? openStudentTraining(set, kind.fold, from) : openGrowth(set, kind.fold, from);
}

async function openStudentTraining(
  { ionic, features, options }: TrainingSet,
  fold: number | undefined,
  from?: ArrayFile,
): Promise<TrainingWork> {
  const task: DistillationTask =
    fold === undefined ? { labels: ionic, heldOut: [], features, options } : foldTask(ionic, features, fold, options);
  const distillation = await Distillation.open(task, from);
  return {
    done: () => distillation.done,
    step: () => distillation.step(),
    checkpoint: () => distillation.checkpoint(),
    outcome: () => {
      const student = distillation.result();
      if (fold !== undefined) return { evaluation: judgeFold(task, student) };
      return { weights: mapWeights((name) => encode(student.weights[name])) };
    },
    release: () => distillation.release(),
  };
}

function openGrowth(set: TrainingSet, fold: number | undefined, from?: ArrayFile): TrainingWork {
  const growth = new CommitteeGrowth({ ...set, parts: COMMITTEE_PARTS }, fold, from);
  return {
    done: () => growth.done,
    step: async () => growth.step(),
    checkpoint: () => growth.checkpoint(),
    outcome: () =>
      fold === undefined
        ? { trees: encodeAll(packTrees(growth.members())) }
        : { heldOut: encodeAll({ ...growth.predictions() }) },
    release: async () => undefined,
  };
}

/** Whether the outcome is of this kind. */
export function isOutcomeOf({ model, fold }: TrainingKind, outcome: TrainingOutcome): boolean {
  if (model === 'student') return (fold === undefined ? outcome.weights : outcome.evaluation) !== undefined;
  return (fold === undefined ? outcome.trees : outcome.heldOut) !== undefined;
}

/** Weights of an outcome; throws {@link RangeError} naming those whose size is wrong. */
export function decodeWeights({ weights = {} }: TrainingOutcome, { features, options }: TrainingSet): Weights {
  const shapes = weightShapes(features, options.training.size);
  return mapWeights((name) => {
    const array = new Float32Array(decode(weights[name]));
    if (array.length !== shapes[name][0] * shapes[name][1])
      throw new RangeError(`its weights ${name} are ${array.length} numbers`);
    return array;
  });
}

/** Trees of an outcome. */
export function decodeTrees({ trees = {} }: TrainingOutcome): Tree[] {
  return unpackTrees({
    lengths: new Uint32Array(decode(trees.lengths)),
    feature: new Int32Array(decode(trees.feature)),
    threshold: new Float32Array(decode(trees.threshold)),
    right: new Int32Array(decode(trees.right)),
  });
}

/** Predictions of an outcome for its fold. */
export function decodeHeldOut({ heldOut = {} }: TrainingOutcome): HeldOutFold {
  const of = (name: keyof HeldOutFold): Float64Array => new Float64Array(decode(heldOut[name]));
  return { mean: of('mean'), spread: of('spread'), labels: of('labels') };
}

function encodeAll(arrays: Readonly<Record<string, ArrayBufferView>>): Encoded {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, encode(array)]));
}

function encode({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
}

function decode(text = ''): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer;
}
