/** What can be configured, its defaults and its bounds: the one place where `cdk.json` is read. */

import type { DistillSettings } from '../shared/student/distill-options.ts';
import type { Architecture } from './artifacts/layer.ts';

/** Settings of distillation that differ from its defaults. */
export type DistillChanges = Changes<DistillSettings>;
type Changes<T> = { readonly [K in keyof T]?: T[K] extends object ? Changes<T[K]> : T[K] };

/** Functions that need alike memory and time. */
export const FUNCTION_CLASSES = ['plan', 'screen', 'reduce', 'label', 'collect', 'train', 'light'] as const;
export type FunctionClass = (typeof FUNCTION_CLASSES)[number];

/** Days after which something is deleted. */
export interface RetentionDays {
  readonly logs: number; // of functions and workflows; one of the values that CloudWatch Logs knows
  readonly accessLogs: number; // of the bucket
  readonly oldVersions: number; // of overwritten or deleted objects
  readonly retraining: number; // shards, checkpoints and candidates under retrain/
}

/** Settings of one stage. */
export interface StageSettings {
  /** Of functions and layer. */
  readonly architecture: Architecture;
  /** MB per class of functions; 1,769 MB are one vCPU. */
  readonly memoryMB: Readonly<Record<FunctionClass, number>>;
  /** Minutes after which an invocation is stopped, per class of functions; 15 at most. */
  readonly timeoutMinutes: Readonly<Record<FunctionClass, number>>;
  /** Hours after which a whole screening is stopped. */
  readonly screeningTimeoutHours: number;
  /** Hours after which a whole retraining is stopped. */
  readonly retrainingTimeoutHours: number;
  /** Invocations that one training may go on for; more than that is an error. */
  readonly maxTrainingRounds: number;
  /** Chunks, shards or trainings worked on at once. */
  readonly maxConcurrency: number;
  /** Key of the space that is screened on schedule and after a promotion. */
  readonly defaultSpace: string;
  /** When to screen again, as `rate(…)` or `cron(…)` in UTC; null = never by itself. */
  readonly schedule: string | null;
  /** US dollars; a run that is estimated above is not begun. */
  readonly spendingLimitUsd: number;
  /** Who is told of rankings, promotions and failures. */
  readonly notificationEmails: readonly string[];
  readonly retentionDays: RetentionDays;
  /** What becomes of the data when the stack is deleted. */
  readonly removalPolicy: 'retain' | 'destroy';
  /** How much lower the average precision of a new student may be, in [0, 1]. */
  readonly promotionMargin: number;
  /** Share of a dataset's structures that may be unreadable, in [0, 1]. */
  readonly maxQuarantineShare: number;
  /** How students are distilled, where not by the defaults. */
  readonly distillation: DistillChanges;
}

/** A stage to deploy. */
export interface DeploymentConfig extends StageSettings {
  readonly stage: string; // part of every name, so that stages live side by side in one account
}

export const DEFAULT_SETTINGS: StageSettings = {
  architecture: 'arm64',
  // New accounts are limited to 3,008 MB.
  memoryMB: { plan: 3008, screen: 1769, reduce: 3008, label: 1769, collect: 3008, train: 3008, light: 512 },
  timeoutMinutes: { plan: 15, screen: 5, reduce: 15, label: 15, collect: 15, train: 15, light: 2 },
  screeningTimeoutHours: 24,
  retrainingTimeoutHours: 48,
  maxTrainingRounds: 50,
  maxConcurrency: 500,
  defaultSpace: 'spaces/ionic-quinary.json',
  schedule: null,
  spendingLimitUsd: 10,
  notificationEmails: [],
  retentionDays: { logs: 90, accessLogs: 365, oldVersions: 30, retraining: 90 },
  removalPolicy: 'retain',
  promotionMargin: 0.01,
  maxQuarantineShare: 0.1,
  distillation: {},
};

/** A setting that cannot be used: where, what it is and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(place: string, value: unknown, expected: string) {
    super(`cdk.json: ${place}: ${JSON.stringify(value) ?? 'nothing'} is not ${expected}`);
  }
}

type Reader<T> = (value: unknown, place: string) => T;
type ReadersOf<T> = { readonly [K in keyof T]-?: Reader<T[K] extends object ? Changes<T[K]> : T[K]> };

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const STAGE = /^[a-z][a-z0-9-]{0,14}[a-z0-9]$/;
const SPACE_KEY = /^spaces\/[\w.-]+\.json$/;
const SCHEDULE = /^(rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(([^\s()]+ ){5}[^\s()]+\))$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const COUNT = integer(1, 1e9);
const DISTILL: ReadersOf<DistillSettings> = {
  ...{ folds: integer(2, 100), mobileIon: integer(1, 118), made: COUNT, labelWeight: number(0, 1e6) },
  forest: changes({ trees: COUNT, featureShare: number(0, 1), minimumLeaf: COUNT }),
  training: changes({
    size: changes({ encoder: COUNT, first: COUNT, second: COUNT }),
    ...{ steps: COUNT, batch: COUNT, learningRate: number(0, 1), weightDecay: number(0, 1) },
    averageFrom: number(0, 1),
  }),
};

const SETTINGS: { readonly [K in keyof StageSettings]: Reader<StageSettings[K]> } = {
  architecture: oneOf('arm64', 'x64'),
  memoryMB: record(DEFAULT_SETTINGS.memoryMB, everyClass(integer(128, 10_240))),
  timeoutMinutes: record(DEFAULT_SETTINGS.timeoutMinutes, everyClass(integer(1, 15))),
  screeningTimeoutHours: integer(1, 24 * 30),
  retrainingTimeoutHours: integer(1, 24 * 30),
  maxTrainingRounds: integer(1, 1000),
  maxConcurrency: integer(1, 10_000), // child executions of one map run at once
  defaultSpace: text(SPACE_KEY, 'a key such as "spaces/ionic-quinary.json"'),
  schedule: orNull(text(SCHEDULE, 'null, "rate(7 days)" or "cron(0 6 ? * MON *)"')),
  spendingLimitUsd: number(0.01, 1e6),
  notificationEmails: list(text(EMAIL, 'an e-mail address')),
  retentionDays: record(DEFAULT_SETTINGS.retentionDays, {
    logs: oneOf(...LOG_RETENTION_DAYS),
    accessLogs: integer(1, 3653),
    oldVersions: integer(1, 3653),
    retraining: integer(1, 3653),
  }),
  removalPolicy: oneOf('retain', 'destroy'),
  promotionMargin: number(0, 1),
  maxQuarantineShare: number(0, 1),
  distillation: changes(DISTILL),
};

/**
 * Read the configuration of one stage.
 *
 * @param stage its name: context key `stage`
 * @param stages settings by stage: context key `ionsieve`, an object or (from the command line) its JSON
 * @throws {ConfigError} naming the first setting that is unknown or out of its bounds
 */
export function readConfig(stage: unknown, stages: unknown): DeploymentConfig {
  const name = text(STAGE, 'a stage name of 2 to 16 lower-case letters, digits and hyphens')(stage, 'stage');
  const all = plainObject(typeof stages === 'string' ? parseJson(stages) : stages, 'ionsieve');
  if (!Object.hasOwn(all, name)) throw new ConfigError('stage', name, `one of ${listed(Object.keys(all))}`);
  return { stage: name, ...record(DEFAULT_SETTINGS, SETTINGS)(all[name], `ionsieve.${name}`) };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ConfigError('ionsieve', json, 'JSON');
  }
}

function plainObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(place, value, 'an object');
  return value as Record<string, unknown>;
}

/** An object of known keys; what is left out has its default. */
function record<T extends object>(defaults: T, readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  return (value, place) => ({ ...defaults, ...known(value, place, readers) });
}

/** An object of known keys, some of which are left out. */
function changes<T extends object>(readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<Partial<T>> {
  return (value, place) => known(value, place, readers) as Partial<T>;
}

function known(value: unknown, place: string, readers: object): object {
  const given = plainObject(value, place);
  const known = new Map<string, Reader<unknown>>(Object.entries(readers));
  const read = Object.entries(given).map(([key, part]) => {
    const reader = known.get(key);
    if (reader === undefined) throw new ConfigError(place, key, `one of ${listed([...known.keys()])}`);
    return [key, reader(part, `${place}.${key}`)];
  });
  return Object.fromEntries(read);
}

function everyClass(reader: Reader<number>): Record<FunctionClass, Reader<number>> {
  return Object.fromEntries(FUNCTION_CLASSES.map((name) => [name, reader])) as Record<FunctionClass, Reader<number>>;
}

function number(least: number, most: number): Reader<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw new ConfigError(place, value, `a number from ${least} to ${most}`);
    return value;
  };
}

function integer(least: number, most: number): Reader<number> {
  return (value, place) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw new ConfigError(place, value, `an integer from ${least} to ${most}`);
    return value as number;
  };
}

function text(pattern: RegExp, expected: string): Reader<string> {
  return (value, place) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ConfigError(place, value, expected);
    return value;
  };
}

function oneOf<T extends string | number>(...values: readonly T[]): Reader<T> {
  return (value, place) => {
    if (!values.includes(value as T)) throw new ConfigError(place, value, `one of ${listed(values)}`);
    return value as T;
  };
}

function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, place) => (value === null ? null : reader(value, place));
}

function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new ConfigError(place, value, 'a list');
    return value.map((item, index) => reader(item, `${place}[${index}]`));
  };
}

function listed(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
