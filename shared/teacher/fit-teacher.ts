import { InputError } from '../errors.ts';
import { roundSignificant } from '../io/csv.ts';
import { FEATURE_NAMES, FEATURE_UNITS, type StructureFeatures } from './features.ts';
import { fitLogistic, type LogisticModel, logisticLogit, sigmoid } from './logistic.ts';
import { binaryMetrics } from './metrics.ts';
import type { Teacher } from './teacher.ts';

/** A measured compound with the features of its structures. */
export interface MeasuredCompound {
  readonly features: readonly StructureFeatures[]; // one per structure, at least one
  readonly conductor: boolean;
}

/** How a teacher is fitted. */
export interface FitOptions {
  readonly name: string;
  readonly source: string;
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
  const conductors = positive.filter(Boolean).length;
  checkClasses(conductors, compounds.length, options.conductivityThreshold);
  const rows = compounds.map(({ features }) => averageFeatures(features));
  const { coefficients, intercept } = fitLogistic(rows, positive, options.penalty);
  const leftOut = leaveOneOut(rows, positive, options.penalty);
  const { auc, averagePrecision, f1, accuracy } = binaryMetrics(positive, leftOut, THRESHOLD);
  const round = (value: number): number => roundSignificant(value, DIGITS);
  return {
    name: options.name,
    source: options.source,
    mobileIon: 'Li',
    features: FEATURE_NAMES.map((name, j) => ({
      name,
      unit: FEATURE_UNITS[name],
      coefficient: round(coefficients[j]),
    })),
    intercept: round(intercept),
    threshold: THRESHOLD,
    training: {
      compounds: compounds.length,
      conductors,
      structures: compounds.reduce((sum, { features }) => sum + features.length, 0),
      conductivityThreshold: options.conductivityThreshold,
      penalty: options.penalty,
      leaveOneOut: {
        auc: round(auc),
        averagePrecision: round(averagePrecision),
        f1: round(f1),
        accuracy: round(accuracy),
      },
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

function averageFeatures(features: readonly StructureFeatures[]): Float64Array {
  return Float64Array.from(
    FEATURE_NAMES,
    (name) => features.reduce((sum, row) => sum + row[name], 0) / features.length,
  );
}

function checkClasses(conductors: number, compounds: number, threshold: number): void {
  const others = compounds - conductors;
  if (conductors >= 2 && others >= 2) return;
  throw new InputError(
    `${conductors} compounds with a structure conduct ${threshold} S/cm or more and ${others} less; a fit takes two of each`,
    {},
    'Add measurements, add the structures of those given, or choose another conductivity threshold.',
  );
}
