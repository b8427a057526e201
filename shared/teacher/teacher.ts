import { atomicNumber } from '../chemistry/elements.ts';
import { InputError, type Place } from '../errors.ts';
import { parseBoundedJson } from '../json.ts';
import { sigmoid } from '../learning/logistic.ts';
import type { BinaryMetrics } from '../learning/metrics.ts';
import { FEATURE_NAMES, FEATURES, type FeatureName, featureName } from './features.ts';

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
  return `${JSON.stringify(teacher, null, 2)}\n`;
}

/**
 * Read a teacher file.
 *
 * @param file name for error messages
 * @throws {InputError} naming the key at fault
 */
export function parseTeacher(text: string, file: string): Teacher {
  const json = parseObject(text, file);
  const { name, source, mobileIon, features, intercept, threshold, training } = json;
  if (typeof mobileIon !== 'string' || atomicNumber(mobileIon) === undefined)
    throw wrong('mobileIon', mobileIon, 'is no element symbol', { file });
  if (!Array.isArray(features) || features.length === 0)
    throw wrong('features', features, 'is not a list of features', { file });
  const parsed = features.map((feature, i) => parseFeature(feature, { file, column: `features[${i}]` }));
  const doubled = parsed.find((feature, i) => parsed.findIndex((other) => other.name === feature.name) < i);
  if (doubled !== undefined) throw wrong('features', doubled.name, 'is listed twice', { file });
  const limit = parseNumber(threshold, 'threshold', { file });
  if (!(limit > 0 && limit < 1)) throw wrong('threshold', threshold, 'is not between 0 and 1', { file });
  return {
    name: parseText(name, 'name', { file }),
    source: parseText(source, 'source', { file }),
    mobileIon,
    features: parsed,
    intercept: parseNumber(intercept, 'intercept', { file }),
    threshold: limit,
    ...(training === undefined ? {} : { training: parseTraining(training, file) }),
  };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = parseBoundedJson(text);
  } catch (error) {
    throw new InputError(`the teacher is not JSON (${(error as Error).message})`, { file }, REMEDY, { cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InputError('the teacher is not a JSON object', { file }, REMEDY);
  return json as Record<string, unknown>;
}

function parseFeature(feature: unknown, place: Place): TeacherFeature {
  if (typeof feature !== 'object' || feature === null) throw wrong('', feature, 'is not an object', place);
  const { name, unit, coefficient } = feature as Record<string, unknown>;
  const known = featureName(name);
  if (known === undefined) throw wrong('name', name, `is none of ${FEATURE_NAMES.join(', ')}`, place);
  const expected = FEATURES[known].unit;
  if (unit !== expected) throw wrong('unit', unit, `is not ${JSON.stringify(expected)}, the unit of ${known}`, place);
  return { name: known, unit: expected, coefficient: parseNumber(coefficient, 'coefficient', place) };
}

function parseTraining(training: unknown, file: string): TeacherTraining {
  const place = { file, column: 'training' };
  if (typeof training !== 'object' || training === null) throw wrong('', training, 'is not an object', place);
  const { leaveOneOut, choice, ...fields } = training as Record<string, unknown>;
  if (typeof leaveOneOut !== 'object' || leaveOneOut === null)
    throw wrong('leaveOneOut', leaveOneOut, 'is not an object', place);
  const metrics = leaveOneOut as Record<string, unknown>;
  return {
    compounds: parseNumber(fields.compounds, 'compounds', place),
    conductors: parseNumber(fields.conductors, 'conductors', place),
    structures: parseNumber(fields.structures, 'structures', place),
    conductivityThreshold: parseNumber(fields.conductivityThreshold, 'conductivityThreshold', place),
    penalty: parseNumber(fields.penalty, 'penalty', place),
    leaveOneOut: {
      auc: parseNumber(metrics.auc, 'leaveOneOut.auc', place),
      averagePrecision: parseNumber(metrics.averagePrecision, 'leaveOneOut.averagePrecision', place),
      f1: parseNumber(metrics.f1, 'leaveOneOut.f1', place),
      accuracy: parseNumber(metrics.accuracy, 'leaveOneOut.accuracy', place),
    },
    ...(choice === undefined ? {} : { choice: parseChoice(choice, { file, column: 'training.choice' }) }),
  };
}

function parseChoice(choice: unknown, place: Place): FeatureChoice {
  if (typeof choice !== 'object' || choice === null) throw wrong('', choice, 'is not an object', place);
  const { candidates, ...fields } = choice as Record<string, unknown>;
  const names = Array.isArray(candidates) ? candidates.map(featureName) : [undefined];
  if (names.includes(undefined)) throw wrong('candidates', candidates, 'is not a list of features', place);
  return {
    candidates: names as FeatureName[],
    maxFeatures: parseNumber(fields.maxFeatures, 'maxFeatures', place),
    subsets: parseNumber(fields.subsets, 'subsets', place),
    nestedAuc: parseNumber(fields.nestedAuc, 'nestedAuc', place),
    permutations: parseNumber(fields.permutations, 'permutations', place),
    permutationsAsGood: parseNumber(fields.permutationsAsGood, 'permutationsAsGood', place),
  };
}

function parseText(value: unknown, key: string, place: Place): string {
  if (typeof value !== 'string' || value === '') throw wrong(key, value, 'is not a text', place);
  return value;
}

function parseNumber(value: unknown, key: string, place: Place): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(key, value, 'is not a number', place);
  return value;
}

function wrong(key: string, value: unknown, problem: string, { file, column }: Place): InputError {
  const path = [column, key].filter((part) => part !== undefined && part !== '').join('.');
  return new InputError(`${JSON.stringify(value) ?? 'a missing value'} ${problem}`, { file, column: path }, REMEDY);
}
