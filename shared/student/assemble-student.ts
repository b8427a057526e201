import { basename } from 'node:path';
import { SYMBOLS } from '../chemistry/elements.ts';
import { sha256 } from '../hash.ts';
import { encodeStudentMetadata, STUDENT_SCHEMA } from '../models/student-session.ts';
import { type ModelCard, summarizeDistillation } from './card.ts';
import type { FoldEvaluation } from './distill.ts';
import type { Weights } from './network.ts';
import { exportStudent } from './student-graph.ts';
import type { TrainingSet } from './training-set.ts';

/** A finished student: the bytes of its ONNX model and its card. */
export interface AssembledStudent {
  readonly model: Uint8Array;
  readonly card: ModelCard;
}

/**
 * Put the trained weights and the held-out evaluations together.
 *
 * @param weights of the training on all labels
 * @param folds one evaluation per fold, in order
 */
export function assembleStudent(
  set: TrainingSet,
  weights: Weights,
  folds: readonly FoldEvaluation[],
): AssembledStudent {
  const summary = summarizeDistillation(set.labels, set.features, set.options, folds);
  const metadata = encodeStudentMetadata({
    schema: STUDENT_SCHEMA,
    symbols: set.features.symbols,
    mobileIon: SYMBOLS[set.options.mobileIon],
    threshold: set.options.threshold,
    teacherHash: set.teacher.hash,
    labelsHash: set.labelsHash,
    metrics: { student: summary.student, forest: summary.forest },
  });
  const model = exportStudent(set.features, weights, metadata);
  const labels = { file: basename(set.labelsFile), hash: set.labelsHash };
  return {
    model,
    card: { schema: STUDENT_SCHEMA, modelHash: sha256(model), teacher: set.teacher, labels, ...summary },
  };
}
