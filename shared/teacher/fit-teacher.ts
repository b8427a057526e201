import { InputError } from '../errors.ts';
import { roundSignificant } from '../io/tables/csv.ts';
import { fitLogistic, type LogisticModel, logisticLogit, sigmoid } from '../learning/logistic.ts';
import { binaryMetrics } from '../learning/metrics.ts';
import type { FeatureName } from './feature-names.ts';
import { FEATURES } from './features.ts';
import type { FeatureChoice, KnownFeatures, Teacher } from './teacher.ts';

/** A measured compound with the features of its structures. */
export interface MeasuredCompound {
  readonly features: readonly KnownFeatures[]; // one per structure, at least one
  readonly conductor: boolean;
}

/** How a teacher is fitted. */
export interface FitOptions {
  readonly name: string;
  readonly source: string;
  readonly mobileIon: string; // symbol
  readonly features: readonly FeatureName[]; // at least one
  readonly choice?: FeatureChoice; // how they were chosen
  readonly conductivityThreshold: number; // S/cm, as the compounds were judged by
  readonly penalty: number; // L2 on standardized features, > 0; scikit-learn's C is 1 / penalty
}

const THRESHOLD = 0.5; // probability
const DIGITS = 6; // significant, of coefficients and metrics

/**
 * Fit a teacher by regularized logistic regression on features averaged over each compound's structures, and evaluate it
 * by leaving out one compound at a time.
 *
 * @throws {InputError} if there are fewer than two conductors or fewer than two others
 */
export function fitTeacher(compounds: readonly MeasuredCompound[], options: FitOptions): Teacher {
  const positive = compounds.map(({ conductor }) => conductor);
  checkClasses(compounds, options.conductivityThreshold);
  const rows = featureRows(compounds, options.features);
  const { coefficients, intercept } = fitLogistic(rows, positive, options.penalty);
  const leftOut = leaveOneOut(rows, positive, options.penalty);
  const { auc, averagePrecision, f1, accuracy } = binaryMetrics(positive, leftOut, THRESHOLD);
  const round = (value: number): number => roundSignificant(value, DIGITS);
  return {
    name: options.name,
    source: options.source,
    mobileIon: options.mobileIon,
    features: options.features.map((name, j) => ({
      name,
      unit: FEATURES[name].unit,
      coefficient: round(coefficients[j]),
    })),
    intercept: round(intercept),
    threshold: THRESHOLD,
    training: {
      compounds: compounds.length,
      conductors: positive.filter(Boolean).length,
      structures: compounds.reduce((sum, { features }) => sum + features.length, 0),
      conductivityThreshold: options.conductivityThreshold,
      penalty: options.penalty,
      leaveOneOut: {
        auc: round(auc),
        averagePrecision: round(averagePrecision),
        f1: round(f1),
        accuracy: round(accuracy),
      },
      ...(options.choice === undefined ? {} : { choice: options.choice }),
    },
  };
}

/**
 * Probability of every row from a model fitted on all other rows.
 *
 * @param rows n rows of p features
 * @param positive shape (n,); at least two of each class
 * @returns shape (n,)
 */
export function leaveOneOut(
  rows: readonly Float64Array[],
  positive: readonly boolean[],
  penalty: number,
): Float64Array {
  return Float64Array.from(rows, (row, i) => {
    const model: LogisticModel = fitLogistic(without(rows, i), without(positive, i), penalty);
    return sigmoid(logisticLogit(model, row));
  });
}

function without<T>(items: readonly T[], index: number): T[] {
  return items.filter((_, i) => i !== index);
}

/** Features of each compound, averaged over its structures: rows of one value per name. */
export function featureRows(compounds: readonly MeasuredCompound[], names: readonly FeatureName[]): Float64Array[] {
  return compounds.map(({ features }) =>
    Float64Array.from(
      names,
      (name) => features.reduce((sum, values) => sum + (values[name] as number), 0) / features.length,
    ),
  );
}

/**
 * Stop where there is too little to fit.
 *
 * @param threshold conductivity from which a compound is a conductor, S/cm
 * @param least conductors, and others, that there must be
 * @throws {InputError} if there are fewer
 */
export function checkClasses(compounds: readonly MeasuredCompound[], threshold: number, least = 2): void {
  const conductors = compounds.filter(({ conductor }) => conductor).length;
  const others = compounds.length - conductors;
  if (conductors >= least && others >= least) return;
  throw new InputError(
    `${conductors} compounds with a structure conduct ${threshold} S/cm or more and ${others} less; ${least} of each are needed`,
    {},
    'Add measurements, add the structures of those given, or choose another conductivity threshold.',
  );
}
