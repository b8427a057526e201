import { basename } from 'node:path';
import { SYMBOLS } from '../chemistry/elements.ts';
import { sha256 } from '../hash.ts';
import type { MeasuredComposition } from '../labels/measurements.ts';
import { encodeStudentMetadata, STUDENT_SCHEMA } from '../models/student-session.ts';
import type { Weights } from '../student/network.ts';
import { exportStudent } from '../student/student-graph.ts';
import type { NamedText, TrainingSet } from '../student/training-set.ts';
import type { MeasuredComparison } from './compare-measured.ts';
import type { FineTuneOptions } from './fine-tune.ts';
import type { FineTunedCard, MeasurementsSummary } from './fine-tuned-card.ts';
import type { ConductivityScale } from './measured-likelihood.ts';

/** What a fine-tuning gave. */
export interface FineTuning {
  readonly measurements: NamedText & { readonly source?: string | undefined }; // whom to credit
  readonly measured: readonly MeasuredComposition[];
  readonly options: FineTuneOptions;
  readonly weights: Weights;
  readonly scale: ConductivityScale;
  readonly evaluation: { readonly folds: number; readonly repeats: number } & MeasuredComparison;
}

/** Put the fine-tuned weights and the comparison together: the bytes of the ONNX model, of schema 1, and its card. */
export function assembleFineTuned(
  set: Pick<TrainingSet, 'teacher' | 'labelsFile' | 'labelsHash' | 'features'>,
  { measurements, measured, options, weights, scale, evaluation }: FineTuning,
): { readonly model: Uint8Array; readonly card: FineTunedCard } {
  const metadata = {
    ...encodeStudentMetadata({
      schema: STUDENT_SCHEMA,
      symbols: set.features.symbols,
      mobileIon: SYMBOLS[options.mobileIon],
      threshold: 0.5,
      teacherHash: set.teacher.hash,
      labelsHash: set.labelsHash,
      metrics: { measured: evaluation.rows.find(({ name }) => name === 'fineTuned') },
    }),
    measurements_sha256: sha256(measurements.text),
    log10_conductivity_at_logit_0: String(scale.threshold),
    log10_conductivity_per_logit: String(scale.scale),
  };
  const model = exportStudent(set.features, weights, metadata);
  return {
    model,
    card: {
      schema: STUDENT_SCHEMA,
      modelHash: sha256(model),
      teacher: set.teacher,
      labels: { file: basename(set.labelsFile), hash: set.labelsHash },
      measurements: summarize(measurements, measured, options.threshold),
      elements: set.features.symbols,
      options,
      conductivity: scale,
      evaluation,
    },
  };
}

function summarize(
  { file, text, source }: FineTuning['measurements'],
  measured: readonly MeasuredComposition[],
  threshold: number,
): MeasurementsSummary {
  return {
    file: basename(file),
    hash: sha256(text),
    source,
    measurements: measured.reduce((sum, one) => sum + one.measurements, 0),
    compositions: measured.length,
    systems: new Set(measured.map(({ system }) => system)).size,
    bounds: measured.filter(({ bound }) => bound !== 'exact').length,
    conductors: measured.filter(({ log10, bound }) => log10 >= threshold && bound !== 'upper').length,
  };
}
