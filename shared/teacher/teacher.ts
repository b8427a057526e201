import * as v from 'valibot';
import { atomicNumber } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import { formatJson } from '../json.ts';
import { sigmoid } from '../learning/logistic.ts';
import type { BinaryMetrics } from '../learning/metrics.ts';
import { fields, finite, listOf, oneOf, type Refuse, readJson, readShape, type Shape, text } from '../shape.ts';
import { FEATURE_NAMES, type FeatureName } from './feature-names.ts';
import { FEATURES } from './features.ts';

/** One feature of a teacher: P = sigmoid(intercept + Σ coefficient · value). */
export interface TeacherFeature {
  readonly name: FeatureName;
  readonly unit: string;
  readonly coefficient: number; // per unit
}

/** What a fitted teacher was fitted on and how it does on compounds left out. */
export interface TeacherTraining {
  readonly compounds: number;
  readonly conductors: number; // of those, at or above the conductivity threshold
  readonly structures: number; // their features are averaged per compound
  readonly conductivityThreshold: number; // S/cm
  readonly penalty: number; // L2, on standardized features
  readonly leaveOneOut: BinaryMetrics;
  readonly choice?: FeatureChoice; // if the features were chosen by leave-one-out
}

/** How features were chosen: what the leave-one-out figures of the best of many subsets are worth. */
export interface FeatureChoice {
  readonly candidates: readonly FeatureName[];
  readonly maxFeatures: number; // in a subset
  readonly subsets: number; // compared
  readonly nestedAuc: number; // of the whole procedure, each compound left out of choice and fit
  readonly permutations: number; // of the classes among compounds
  readonly permutationsAsGood: number; // of those, in how many the best subset reached the AUC of the true classes
}

/** A logistic model on structure features, as in a teacher file. */
export interface Teacher {
  readonly name: string;
  readonly source: string;
  readonly mobileIon: string; // symbol
  readonly features: readonly TeacherFeature[];
  readonly intercept: number;
  readonly threshold: number; // a structure passes at or above this probability
  readonly training?: TeacherTraining;
}

/** Features of a structure; those of the teacher must be there. */
export type KnownFeatures = Readonly<Partial<Record<FeatureName, number>>>;

const REMEDY = 'Compare with models/teacher-sendek-2017.json, or make the file with `teacher fit`.';

/** The teacher's log-odds that a structure is a superionic conductor. */
export function teacherLogit({ features, intercept }: Teacher, values: KnownFeatures): number {
  return features.reduce((sum, { name, coefficient }) => sum + coefficient * (values[name] as number), intercept);
}

/** The teacher's probability that a structure is a superionic conductor, 0 to 1. */
export function teacherProbability(teacher: Teacher, values: KnownFeatures): number {
  return sigmoid(teacherLogit(teacher, values));
}

/** Names of the features that the teacher is made of, in the order of its file: columns of its labels. */
export function teacherFeatures({ features }: Teacher): FeatureName[] {
  return features.map(({ name }) => name);
}

/** Atomic number of the teacher's mobile ion. */
export function teacherIon({ mobileIon }: Teacher): number {
  return atomicNumber(mobileIon) as number;
}

/** Text of a teacher file. */
export function formatTeacher(teacher: Teacher): string {
  return formatJson(teacher);
}

const FEATURE = v.pipe(
  fields({ name: oneOf(FEATURE_NAMES), unit: text, coefficient: finite }),
  v.forward(
    v.check(
      ({ name, unit }) => unit === FEATURES[name].unit,
      ({ input: { name } }) => `${JSON.stringify(FEATURES[name].unit)}, the unit of ${name}`,
    ),
    ['unit'],
  ),
);

const CHOICE: Shape<FeatureChoice> = fields({
  candidates: listOf(oneOf(FEATURE_NAMES)),
  maxFeatures: finite,
  subsets: finite,
  nestedAuc: finite,
  permutations: finite,
  permutationsAsGood: finite,
});

const TRAINING: Shape<TeacherTraining> = fields({
  compounds: finite,
  conductors: finite,
  structures: finite,
  conductivityThreshold: finite,
  penalty: finite,
  leaveOneOut: fields({ auc: finite, averagePrecision: finite, f1: finite, accuracy: finite }),
  choice: v.exactOptional(CHOICE),
});

const elementSymbol = v.pipe(
  text,
  v.check((symbol) => atomicNumber(symbol) !== undefined, 'an element symbol'),
);

const TEACHER: Shape<Teacher> = fields({
  name: text,
  source: text,
  mobileIon: elementSymbol,
  features: v.pipe(
    listOf(FEATURE),
    v.minLength(1, 'a list of features'),
    v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'a list with each feature once'),
  ),
  intercept: finite,
  threshold: v.pipe(
    finite,
    v.check((value) => value > 0 && value < 1, 'a number between 0 and 1'),
  ),
  training: v.exactOptional(TRAINING),
});

/**
 * Read a teacher file.
 *
 * @param file name for error messages
 * @throws {InputError} naming the key at fault
 */
export function parseTeacher(text: string, file: string): Teacher {
  const refuse: Refuse = (problem, column) => new InputError(problem, { file, column }, REMEDY);
  return readShape(TEACHER, readJson(text, refuse), refuse);
}
