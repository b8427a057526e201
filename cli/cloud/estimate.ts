import { resolve } from 'node:path';
import { DEFAULT_SPACE } from '../../local/shipped/spaces.ts';
import { findStudent } from '../../local/shipped/students.ts';
import {
  type CloudPrediction,
  type CloudStage,
  type CloudWork,
  predictRun,
  type Spread,
} from '../../shared/cost/cloud-simulation.ts';
import { type CostEstimate, estimateCost } from '../../shared/cost/cost-estimate.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { formatJson } from '../../shared/json.ts';
import { readModel } from '../../shared/models/companions.ts';
import { openEncoder } from '../../shared/models/student-head.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { chooseChunks } from '../../shared/planning/choose-chunks.ts';
import { prepareList } from '../../shared/planning/plan-list.ts';
import { prepareSpace } from '../../shared/planning/plan-space.ts';
import type { BoundsRequest, PlannedSource, PreparedSource } from '../../shared/planning/prepared-source.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import type { RunOptions } from '../../shared/screen/run-options.ts';
import { type RankingArguments, readRankingArguments } from '../runs/ranking-options.ts';
import { readSpace } from '../runs/read-space.ts';
import { formatTable } from '../terminal/output.ts';
import { formatDuration } from '../terminal/progress.ts';
import { cloudStage, stageSettings } from './stage.ts';

export interface EstimateOptions extends RankingArguments {
  readonly space?: string;
  readonly compositions?: string; // instead of a space: path of a list
  readonly student?: string; // that bounds are asked of
  readonly chunks?: number; // default: what is best by simulation
  readonly concurrency?: number; // default: that of the stage
  readonly stage: string;
  readonly json?: boolean;
}

/** What a run comes to. */
export interface RunEstimate {
  readonly compositions: number; // or rows of a list
  readonly work: number; // compositions that are scored, or as many as take the time of the whole run
  readonly chunks: number;
  readonly cost: CostEstimate; // in US dollars; what the spending limit is held against
}

/** `cloud estimate`: cost, chunks and time of a run, by simulation. */
export async function estimate(given: EstimateOptions): Promise<void> {
  const { chunks, concurrency, stage, json } = given;
  const settings = stageSettings(stage);
  const options = readRankingArguments(given);
  const prepared = await localSource(given);
  const at = stageAt(cloudStage(stage), concurrency);
  const { planned, run } = await (options.prune
    ? withBounds(prepared, given.student, (bounds) => estimateRun(prepared, options, at, chunks, bounds))
    : estimateRun(prepared, options, at, chunks));
  const result = {
    source: planned.source.name,
    ...run,
    predicted: predictRun(planned.work, run.chunks, at),
    concurrency: at.maxConcurrency,
    platform: at.platform,
    stage,
    spendingLimit: settings.spendingLimitUsd,
    withinLimit: run.cost.total <= settings.spendingLimitUsd,
  };
  process.stdout.write(json ? formatJson(result) : describe(result));
}

/** A stage with so many chunks at once, and the quota that they need. */
function stageAt(stage: CloudStage, concurrency = stage.maxConcurrency): CloudStage {
  const lambdaConcurrency = Math.max(stage.lambdaConcurrency, concurrency);
  return { ...stage, maxConcurrency: concurrency, lambdaConcurrency };
}

/** Have something done with bounds by a sample of the systems. @param asked student that they are asked of */
async function withBounds<T>(
  prepared: PreparedSource,
  asked: string | undefined,
  work: (bounds: BoundsRequest) => Promise<T>,
): Promise<T> {
  const { student: path } = findStudent(asked);
  const bytes = await readModel(path);
  const student = await openStudent(bytes, path, 1);
  try {
    prepared.checkStudent(student);
    const encoder = await openEncoder(bytes, path);
    return await work({ student, encoder, sampled: true }).finally(() => encoder.release());
  } finally {
    await student.release();
  }
}

/** The space or list on this machine that options name. */
export async function localSource(what: Pick<EstimateOptions, 'space' | 'compositions'>): Promise<PreparedSource> {
  if (what.compositions !== undefined) return prepareList(fileInputs, resolve(what.compositions));
  const { definition, file } = readSpace(what.space ?? DEFAULT_SPACE);
  return prepareSpace(definition, file);
}

/** Chunks and cost as the cloud plans them. @param chunks wanted; what is best by simulation if absent */
export async function estimateRun(
  prepared: PreparedSource,
  options: RunOptions,
  stage: CloudStage,
  chunks?: number,
  bounds?: BoundsRequest,
): Promise<{ readonly planned: PlannedSource; readonly run: RunEstimate }> {
  const chunkCount = (work: CloudWork): number => chunks ?? chooseChunks(work, stage);
  const planned = await prepared.plan({ options, bounds, chunkCount });
  const { source, work, ranges } = planned;
  const cost = estimateCost(work.compositions, ranges.length, work.rate, stage.platform);
  const run = { compositions: source.size, work: Math.round(work.compositions), chunks: ranges.length, cost };
  return { planned, run };
}

/** US dollars for people: cents, or three significant digits below one dollar. */
export function formatDollars(dollars: number): string {
  return dollars >= 1 || dollars === 0 ? dollars.toFixed(2) : dollars.toFixed(2 - Math.floor(Math.log10(dollars)));
}

interface Estimate extends RunEstimate {
  readonly source: string;
  readonly predicted: CloudPrediction;
  readonly concurrency: number;
  readonly platform: CloudStage['platform'];
  readonly stage: string;
  readonly spendingLimit: number;
  readonly withinLimit: boolean;
}

function describe(estimated: Estimate): string {
  const { source, compositions, work, chunks, cost, predicted, ...rest } = estimated;
  const { concurrency, platform, stage, spendingLimit, withinLimit } = rest;
  const above = `above it: the run would stop before anything is screened. Screen less, or raise spendingLimitUsd`;
  const part = work === compositions ? '' : `, with as much work as scoring about ${formatCount(work)} takes,`;
  const of = `${formatCount(chunks)} ${chunks === 1 ? 'chunk' : 'chunks'}`;
  const rows = [
    ['Lambda', formatDollars(cost.lambda)],
    ['Step Functions', formatDollars(cost.stepFunctions)],
    ['S3', formatDollars(cost.s3)],
    ['total', formatDollars(cost.total)],
  ];
  const on = `${platform.architecture} with ${formatCount(platform.memoryMB)} MB each`;
  return [
    `${formatCount(compositions)} compositions of ${source}${part} in ${of}\n\n`,
    formatTable(['part', 'US dollars'], rows),
    `\nabout ${formatRange(predicted.seconds, formatDuration)} with ${formatCount(concurrency)} chunks at once, on ${on}\n`,
    `by simulation ${formatRange(predicted.cost, formatDollars)} US dollars; the table allows for throttling and a cold start of every chunk\n`,
    `spending limit of stage ${stage}: ${spendingLimit} US dollars; the run is ${withinLimit ? 'within it' : above}\n`,
  ].join('');
}

/** The median, and between what nine of ten runs are if that differs. */
function formatRange({ median, low, high }: Spread, format: (value: number) => string): string {
  const range = `${format(low)} to ${format(high)}`;
  return format(low) === format(high) ? format(median) : `${format(median)} (${range})`;
}
