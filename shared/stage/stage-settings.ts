/** What can be configured, its defaults and its bounds: the one place where `cdk.json` is read. */

import * as v from 'valibot';
import { ARCHITECTURES, type Architecture, MB_PER_VCPU } from '../aws.ts';
import { CLOUD_CHUNK_SECONDS } from '../cost/cloud-figures.ts';
import { integer, listOf, oneOf, readJson, recordOf, type Shape } from '../shape.ts';
import type { DistillSettings } from '../student/distill-options.ts';
import { schedule } from './schedule-expression.ts';
import {
  type Changes,
  ConfigError,
  changes,
  number,
  positive,
  readSetting,
  record,
  refusingAt,
  textLike,
} from './setting-readers.ts';

/** Settings of distillation that differ from its defaults. */
export type DistillChanges = Changes<DistillSettings>;

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
  /** MB per class of functions; 1,769 MB are one vCPU, and screening has no use for more. */
  readonly memoryMB: Readonly<Record<FunctionClass, number>>;
  /** Minutes after which an invocation is stopped, per class of functions; 15 at most. */
  readonly timeoutMinutes: Readonly<Record<FunctionClass, number>>;
  /** Hours after which a whole screening is stopped. */
  readonly screeningTimeoutHours: number;
  /** Hours after which a whole retraining is stopped. */
  readonly retrainingTimeoutHours: number;
  /** Invocations that one training may go on for; more than that is an error. */
  readonly maxTrainingRounds: number;
  /** Functions that the account may run at once: its quota L-B99A9384, or this stage's part of it. */
  readonly lambdaConcurrency: number;
  /** Chunks, shards or trainings worked on at once, by each of the two workflows. */
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
  lambdaConcurrency: 10, // what new accounts start with
  maxConcurrency: 8, // the rest is for planning, reducing and triggers
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

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** Of a stage's name. */
export const STAGE = /^[a-z][a-z0-9-]{0,14}[a-z0-9]$/;
const SPACE_KEY = /^spaces\/[\w.-]+\.json$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Least memory in MB, from peaks that were measured: with less a function would start, and die of its first full-size work. */
const PLAN_MEMORY = integer(1024, 10_240, 'planning the largest space with bounds takes 900');
const REDUCE_MEMORY = integer(1024, 10_240, 'scoring the finalists again takes 590');
const TRAIN_MEMORY = integer(1024, 10_240, 'a training takes 620, and two after one another 880');
const LABEL_MEMORY = integer(512, 10_240, 'labelling takes 220');
const COLLECT_MEMORY = integer(512, 10_240, 'collecting the shipped labels takes 310');
const LIGHT_MEMORY = integer(256, 10_240, 'promoting takes 120');
/** A call of the student takes twice as long with two threads as with one (measured), so there are less than two vCPUs. */
const SCREEN_MEMORY = integer(
  768,
  2 * MB_PER_VCPU - 1,
  'a chunk with bounds takes 500, and screening gains nothing above 1769',
);

const COUNT = integer(1, 1e9);
const DISTILL = changes<DistillSettings>({
  folds: integer(2, 100),
  made: COUNT,
  neutral: COUNT,
  favoured: positive(1),
  labelWeight: positive(1e6),
  forest: changes({ trees: COUNT, featureShare: positive(1), minimumLeaf: COUNT }),
  training: changes({
    size: changes({ encoder: COUNT, first: COUNT, second: COUNT }),
    steps: COUNT,
    batch: COUNT,
    learningRate: positive(1),
    weightDecay: positive(1),
    averageFrom: positive(0.99),
  }),
});

const SETTINGS = record<StageSettings>(DEFAULT_SETTINGS, {
  architecture: oneOf(ARCHITECTURES),
  memoryMB: record(DEFAULT_SETTINGS.memoryMB, {
    plan: PLAN_MEMORY,
    screen: SCREEN_MEMORY,
    reduce: REDUCE_MEMORY,
    label: LABEL_MEMORY,
    collect: COLLECT_MEMORY,
    train: TRAIN_MEMORY,
    light: LIGHT_MEMORY,
  }),
  timeoutMinutes: record(DEFAULT_SETTINGS.timeoutMinutes, {
    ...everyClass(integer(1, 15)),
    train: integer(2, 15, 'a training works for 60 % of it, and reads its data first'),
  }),
  screeningTimeoutHours: integer(1, 24 * 30),
  retrainingTimeoutHours: integer(1, 24 * 30),
  maxTrainingRounds: integer(1, 1000),
  lambdaConcurrency: integer(1, 1e6),
  maxConcurrency: integer(1, 10_000), // child executions of one map run at once
  defaultSpace: textLike(SPACE_KEY, 'a key such as "spaces/ionic-quinary.json"'),
  schedule: v.nullable(schedule),
  spendingLimitUsd: number(0.01, 1e6),
  notificationEmails: v.pipe(
    listOf(textLike(EMAIL, 'an e-mail address')),
    v.checkItems((email, place, all) => all.indexOf(email) === place, 'there once only'),
  ),
  retentionDays: record(DEFAULT_SETTINGS.retentionDays, {
    logs: oneOf(LOG_RETENTION_DAYS),
    accessLogs: integer(1, 3653),
    oldVersions: integer(1, 3653),
    retraining: integer(1, 3653),
  }),
  removalPolicy: oneOf(['retain', 'destroy']),
  promotionMargin: number(0, 1),
  maxQuarantineShare: number(0, 1),
  distillation: DISTILL,
});

const STAGE_NAME = textLike(STAGE, 'a stage name of 2 to 16 lower-case letters, digits and hyphens');

/**
 * Read the configuration of one stage.
 *
 * @param stage its name: context key `stage`
 * @param stages settings by stage: context key `ionsieve`, an object or (from the command line) its JSON
 * @throws {ConfigError} naming the first setting that is unknown or out of its bounds
 */
export function readConfig(stage: unknown, stages: unknown): DeploymentConfig {
  const name = readSetting(STAGE_NAME, stage, 'stage');
  const given = typeof stages === 'string' ? readJson(stages, refusingAt('ionsieve')) : stages;
  const all = readSetting(recordOf(v.unknown()), given, 'ionsieve');
  if (!Object.hasOwn(all, name))
    throw new ConfigError('stage', `${JSON.stringify(name)} is not one of ${Object.keys(all).join(', ')}`);
  const place = `ionsieve.${name}`;
  return { stage: name, ...fitting(readSetting(SETTINGS, all[name], place), place) };
}

const CHUNKS_PER_TIMEOUT = 3; // processors differ, and so do chunks

/** Settings that fit each other. */
function fitting(settings: StageSettings, place: string): StageSettings {
  const { lambdaConcurrency, maxConcurrency, memoryMB, timeoutMinutes } = settings;
  const quota = 'lambdaConcurrency, which is what the account may run at once; raise it with the quota';
  readSetting(integer(1, lambdaConcurrency, quota), maxConcurrency, `${place}.maxConcurrency`);
  const chunkSeconds = Math.round(CLOUD_CHUNK_SECONDS / Math.min(1, memoryMB.screen / MB_PER_VCPU));
  const least = Math.ceil((CHUNKS_PER_TIMEOUT * chunkSeconds) / 60);
  const chunk = `a chunk takes about ${chunkSeconds} s with ${memoryMB.screen} MB`;
  readSetting(integer(least, 15, chunk), timeoutMinutes.screen, `${place}.timeoutMinutes.screen`);
  return settings;
}

function everyClass(shape: Shape<number>): Record<FunctionClass, Shape<number>> {
  return Object.fromEntries(FUNCTION_CLASSES.map((name) => [name, shape])) as Record<FunctionClass, Shape<number>>;
}
