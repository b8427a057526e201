import type { Pruning } from '../pruning/pruning.ts';
import { createRandom } from '../random.ts';
import { cutLimits, type RunOptions } from '../screen/run-options.ts';
import {
  AROUND_MAP,
  BOUNDED_CHUNK_SPREAD,
  BOUNDING_PER_SYSTEM,
  CHUNK_SPREAD,
  ENTRY_BYTES,
  LISTING_PER_CHUNK,
  RATE_FACTOR,
  REDUCING_PER_BYTE,
  REDUCING_PER_RESULT,
  RESCORED_PER_SECOND,
  RESULT_BYTES,
} from './cloud-figures.ts';
import { DEFAULT_PLATFORM, priceMap, type ScreenPlatform, vcpusOf } from './cost-estimate.ts';
import type { SourceEffort } from './effort.ts';
import { type MapOutcome, simulateMap } from './map-simulation.ts';

/** Where a run is screened in the cloud. */
export interface CloudStage {
  readonly platform: ScreenPlatform;
  readonly maxConcurrency: number; // chunks at once
  readonly lambdaConcurrency: number; // functions that the account may run at once
  readonly timeoutSeconds: number; // of the function that screens
}

/** As a stage is by default, in a new account. */
export const DEFAULT_STAGE: CloudStage = {
  platform: DEFAULT_PLATFORM,
  maxConcurrency: 8,
  lambdaConcurrency: 10,
  timeoutSeconds: 300,
};

/** What a run has to do. */
export interface CloudWork {
  readonly compositions: number; // that are scored, or as many as take that time
  readonly rate: number; // of them a second of one vCPU
  readonly isBounded: boolean; // chunks are then less alike
  readonly planSeconds: number; // of one vCPU
  readonly systems: number; // that are screened
  readonly kept: number; // compositions that a chunk's result has at most
  readonly keptPerSystem: number; // of them of one system
  readonly rescored: number; // by the committee
}

/** A figure over simulated runs. */
export interface Spread {
  readonly median: number;
  readonly low: number; // 5 % are below
  readonly high: number; // 5 % are above
}

/** What a run will probably come to. */
export interface CloudPrediction {
  readonly chunks: number;
  readonly chunkSeconds: number; // that a chunk takes, in the median
  readonly seconds: Spread; // from its start to its ranking
  readonly cost: Spread; // in US dollars
  readonly throttled: number; // tries that are turned away, in the median
  readonly coldStarts: number; // in the median
  readonly resultBytes: number; // of all chunk results, which the reduction reads
  readonly lost: number; // runs of those simulated that would fail
}

/** What a run has to do. @param pruning if it was planned with bounds */
export function cloudWork(effort: SourceEffort, options: RunOptions, pruning?: Pick<Pruning, 'work'>): CloudWork {
  const { planSeconds, compositions, systems, rate } = effort;
  const { top, perSystem } = cutLimits(options);
  const bounding = pruning === undefined ? 0 : systems * BOUNDING_PER_SYSTEM;
  return {
    compositions: pruning?.work ?? compositions,
    rate,
    isBounded: pruning !== undefined,
    planSeconds: planSeconds + bounding,
    systems,
    kept: top,
    keptPerSystem: perSystem,
    rescored: options.finalists ?? 0,
  };
}

/** How a run is simulated. */
export interface SimulationSettings {
  readonly seeds: number; // runs
  readonly rateFactor: number; // by which the rate may be above or below that assumed
}

const SETTINGS: SimulationSettings = { seeds: 21, rateFactor: RATE_FACTOR };

/**
 * Simulate a run with many seeds, and rates between the least and the most that is thought possible. Equal for equal
 * arguments.
 *
 * @param chunks that its work is cut into, alike but for their spread
 */
export function predictRun(
  work: CloudWork,
  chunks: number,
  stage: CloudStage,
  { seeds, rateFactor } = SETTINGS,
): CloudPrediction {
  const { platform } = stage;
  const vcpuSeconds = work.compositions / chunks / work.rate;
  const map = {
    ...stage,
    chunks,
    vcpuSeconds,
    vcpus: vcpusOf(platform),
    spread: work.isBounded ? BOUNDED_CHUNK_SPREAD : CHUNK_SPREAD,
  };
  const outcomes = Array.from({ length: seeds }, (_, seed) => {
    const slower = rateFactor ** ((2 * seed + 1) / seeds - 1); // evenly from one end to the other, as nobody knows it yet
    return simulateMap({ ...map, vcpuSeconds: slower * vcpuSeconds }, createRandom(seed));
  });
  const resultBytes = chunks * bytesOfResult(work, chunks);
  const around = secondsAround(work, chunks, resultBytes);
  const over = (figure: (outcome: MapOutcome) => number): Spread => spreadOf(outcomes.map(figure));
  return {
    chunks,
    chunkSeconds: vcpuSeconds / map.vcpus,
    resultBytes,
    seconds: over(({ seconds }) => seconds + around),
    cost: over(
      ({ billedSeconds, ...counts }) => priceMap({ ...counts, seconds: billedSeconds, chunks }, platform).total,
    ),
    throttled: over(({ throttled }) => throttled).median,
    coldStarts: over(({ coldStarts }) => coldStarts).median,
    lost: outcomes.filter(({ lost }) => lost > 0).length,
  };
}

function bytesOfResult({ systems, kept, keptPerSystem }: CloudWork, chunks: number): number {
  return RESULT_BYTES + ENTRY_BYTES * Math.min(kept, Math.ceil((systems / chunks) * keptPerSystem));
}

function secondsAround({ planSeconds, rescored }: CloudWork, chunks: number, resultBytes: number): number {
  const reducing = chunks * REDUCING_PER_RESULT + resultBytes * REDUCING_PER_BYTE + rescored / RESCORED_PER_SECOND;
  return AROUND_MAP + planSeconds + chunks * LISTING_PER_CHUNK + reducing;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), low: at(0.05), high: at(0.95) };
}
