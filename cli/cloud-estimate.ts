import { resolve } from 'node:path';
import { fileInputs } from '../shared/io/inputs.ts';
import { CLOUD_CHUNK_SECONDS, defaultChunkCount } from '../shared/screen/batches.ts';
import {
  type CostEstimate,
  estimateCost,
  estimateSeconds,
  type ScreenPlatform,
} from '../shared/screen/cost-estimate.ts';
import { prepareList } from '../shared/screen/list-source.ts';
import type { CompositionSource, PreparedSource } from '../shared/screen/source.ts';
import { prepareSpace } from '../shared/screen/space-source.ts';
import { platformOf, stageSettings } from './cloud-stage.ts';
import { DEFAULT_SPACE, loadSpace } from './load-space.ts';
import { formatCount, formatTable } from './output.ts';
import { formatDuration } from './progress.ts';

export interface EstimateOptions {
  readonly space?: string;
  readonly compositions?: string; // instead of a space: path of a list
  readonly chunks?: number; // default: by the size of the source
  readonly concurrency?: number; // default: that of the stage
  readonly stage: string;
  readonly json?: boolean;
}

/** What a run comes to. */
export interface RunEstimate {
  readonly compositions: number; // or rows of a list
  readonly chunks: number;
  readonly cost: CostEstimate; // in US dollars
}

/** `cloud estimate`: cost, chunks and time of a run, from the space alone. */
export async function estimate({ chunks, concurrency, stage, json, ...what }: EstimateOptions): Promise<void> {
  const settings = stageSettings(stage);
  const atOnce = concurrency ?? settings.maxConcurrency;
  const source = (await localSource(what)).build();
  const platform = platformOf(stage);
  const run = estimateRun(source, platform, chunks);
  const result = {
    source: source.name,
    ...run,
    concurrency: atOnce,
    seconds: estimateSeconds(run.compositions, run.chunks, atOnce, source.rate, platform),
    platform,
    stage,
    spendingLimit: settings.spendingLimitUsd,
    withinLimit: run.cost.total <= settings.spendingLimitUsd,
  };
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : describe(result));
}

/** The space or list on this machine that options name. */
export async function localSource(what: Pick<EstimateOptions, 'space' | 'compositions'>): Promise<PreparedSource> {
  if (what.compositions !== undefined) return prepareList(fileInputs, resolve(what.compositions));
  const { definition, file } = loadSpace(what.space ?? DEFAULT_SPACE);
  return prepareSpace(definition, file);
}

/** Chunks and cost as the cloud plans them. @param chunks wanted; by the size of the source if absent */
export function estimateRun(source: CompositionSource, platform: ScreenPlatform, chunks?: number): RunEstimate {
  const { size, rate } = source;
  const count = source.cut(chunks ?? defaultChunkCount(size, rate * CLOUD_CHUNK_SECONDS)).length;
  return { compositions: size, chunks: count, cost: estimateCost(size, count, rate, platform) };
}

/** US dollars for people: cents, or three significant digits below one dollar. */
export function formatDollars(dollars: number): string {
  return dollars >= 1 || dollars === 0 ? dollars.toFixed(2) : dollars.toFixed(2 - Math.floor(Math.log10(dollars)));
}

interface Estimate extends RunEstimate {
  readonly source: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly platform: ScreenPlatform;
  readonly stage: string;
  readonly spendingLimit: number;
  readonly withinLimit: boolean;
}

function describe({ source, compositions, chunks, cost, ...rest }: Estimate): string {
  const { concurrency, seconds, platform, stage, spendingLimit, withinLimit } = rest;
  const above = `above it: the run would stop before anything is screened. Screen less, or raise spendingLimitUsd`;
  const rows = [
    ['Lambda', formatDollars(cost.lambda)],
    ['Step Functions', formatDollars(cost.stepFunctions)],
    ['S3', formatDollars(cost.s3)],
    ['total', formatDollars(cost.total)],
  ];
  return [
    `${formatCount(compositions)} compositions of ${source} in ${formatCount(chunks)} ${chunks === 1 ? 'chunk' : 'chunks'}\n\n`,
    formatTable(['part', 'US dollars'], rows),
    `\nabout ${formatDuration(seconds)} with ${formatCount(concurrency)} chunks at once, on ${platform.architecture} with ${formatCount(platform.memoryMB)} MB each\n`,
    `spending limit of stage ${stage}: ${spendingLimit} US dollars; the run is ${withinLimit ? 'within it' : above}\n`,
  ].join('');
}
