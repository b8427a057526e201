import { basename } from 'node:path';
import { SYMBOLS } from '../chemistry/elements.ts';
import { sha256 } from '../hash.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { COMMITTEE_SCHEMA } from '../models/committee-session.ts';
import { encodeModelMetadata } from '../onnx/model-metadata.ts';
import { countLabels, type LabelCount } from '../student/card.ts';
import type { TrainingSet } from '../student/training-set.ts';
import { type Calibration, calibrate } from './calibration.ts';
import type { CommitteePart, CommitteeTask } from './committee.ts';
import { type CommitteeEvaluation, evaluateCommittee, type HeldOutFold, joinFolds } from './committee-evaluation.ts';
import { exportCommittee } from './committee-graph.ts';
import { CommitteeGrowth } from './committee-growth.ts';

/** Grow the committee of all ionic labels. */
export function trainCommittee(task: CommitteeTask): readonly Tree[] {
  return grown(task).members();
}

/** Grow a committee on all folds but one and predict that one. The folds are those of the student with the same seed. */
export function predictFold(task: CommitteeTask, fold: number): HeldOutFold {
  return grown(task, fold).predictions();
}

function grown(task: CommitteeTask, fold?: number): CommitteeGrowth {
  const growth = new CommitteeGrowth(task, fold);
  while (!growth.done) growth.step();
  return growth;
}

/** Everything that there is to say of a committee. */
export interface CommitteeCard {
  readonly schema: string;
  readonly modelHash: string; // SHA-256 of the ONNX file
  readonly bytes: number; // of the ONNX file
  readonly teacher: { readonly name: string; readonly hash: string };
  readonly labels: { readonly file: string; readonly hash: string };
  readonly trained: LabelCount;
  readonly elements: readonly string[];
  readonly seed: number;
  readonly threshold: number;
  readonly mobileIon: string;
  readonly parts: readonly CommitteePart[];
  readonly nodes: number; // of all trees
  readonly calibration: Calibration; // fitted on the predictions of all folds
  readonly evaluation: CommitteeEvaluation;
}

/** A finished committee: the bytes of its ONNX model and its card. */
export interface AssembledCommittee {
  readonly model: Uint8Array;
  readonly card: CommitteeCard;
}

/**
 * Calibrate, judge and export a committee.
 *
 * @param members trained on all labels
 * @param folds predictions of each fold, in order
 */
export function assembleCommittee(
  set: TrainingSet,
  parts: readonly CommitteePart[],
  members: readonly Tree[],
  folds: readonly HeldOutFold[],
): AssembledCommittee {
  const { features, labelsHash, teacher } = set;
  const { mobileIon, threshold, seed } = set.options;
  const all = joinFolds(folds);
  const calibration = calibrate(all, all.labels, threshold);
  const evaluation = evaluateCommittee(folds, threshold);
  const identity = { schema: COMMITTEE_SCHEMA, threshold, mobileIon: SYMBOLS[mobileIon] };
  const metadata = encodeModelMetadata({
    ...identity,
    symbols: features.symbols,
    teacherHash: teacher.hash,
    labelsHash,
    metrics: { folds: evaluation.folds },
  });
  const model = exportCommittee({ features, members, calibration, mobileIon }, metadata);
  const card: CommitteeCard = {
    ...identity,
    modelHash: sha256(model),
    bytes: model.length,
    teacher,
    labels: { file: basename(set.labelsFile), hash: labelsHash },
    trained: countLabels(set.ionic, threshold),
    elements: features.symbols,
    seed,
    parts,
    nodes: members.reduce((sum, { feature }) => sum + feature.length, 0),
    calibration,
    evaluation,
  };
  return { model, card };
}
