import {
  type Architecture,
  DOLLARS_PER_GB_SECOND,
  DOLLARS_PER_GET,
  DOLLARS_PER_PUT,
  DOLLARS_PER_REQUEST,
  DOLLARS_PER_TRANSITION,
  MB_PER_VCPU,
} from '../aws.ts';

/** The function that screens. */
export interface ScreenPlatform {
  readonly architecture: Architecture;
  readonly memoryMB: number;
}

/** What a stage has by default. */
export const DEFAULT_PLATFORM: ScreenPlatform = { architecture: 'arm64', memoryMB: MB_PER_VCPU };

/** What one run costs in the cloud, in US dollars, before any free tier. */
export interface CostEstimate {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly s3: number;
  readonly total: number;
  readonly vcpuSeconds: number; // that the estimate is based on
}

/** Assumed for Lambda's processors; two x86-64 cores here reach 7e6 to 8e6 each. */
export const COMPOSITIONS_PER_VCPU_SECOND = 5e6;
const SECONDS_PER_CHUNK = 2; // assumed, of one vCPU: start of a function, loading plan and model
const SECONDS_AROUND_MAP = 30; // assumed: planning, and the first functions coming up
const SECONDS_PER_RESULT = 0.002; // assumed: the reduction reads sixteen chunk results at once
const TRANSITIONS_PER_CHUNK = 3; // start, screen, end of a child execution
const TRANSITIONS_PER_RUN = 10; // around the map
const GETS_PER_CHUNK = 7; // the five files of a plan, whether the result is there, and the result for the reduction

/**
 * Throttled tries of a chunk that are allowed for, each a state transition: as many as there are when somebody else has
 * half of the concurrency that the stage counts on (simulated in the tests).
 */
export const THROTTLED_TRIES_PER_CHUNK = 2;

/**
 * Cost of screening so many compositions in so many chunks.
 *
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateCost(
  compositions: number,
  chunks: number,
  rate = COMPOSITIONS_PER_VCPU_SECOND,
  platform = DEFAULT_PLATFORM,
): CostEstimate {
  return priceOf(Math.round(compositions / rate + chunks * SECONDS_PER_CHUNK), chunks, platform);
}

/** Cost of so many seconds of one vCPU in so many chunks, wherever they are screened. */
export function priceOf(vcpuSeconds: number, chunks: number, platform: ScreenPlatform): CostEstimate {
  const { architecture, memoryMB } = platform;
  const gigabyteSeconds = ((vcpuSeconds / speedOf(platform)) * memoryMB) / 1024;
  const lambda = gigabyteSeconds * DOLLARS_PER_GB_SECOND[architecture] + chunks * DOLLARS_PER_REQUEST;
  const perChunk = TRANSITIONS_PER_CHUNK + THROTTLED_TRIES_PER_CHUNK;
  const stepFunctions = (chunks * perChunk + TRANSITIONS_PER_RUN) * DOLLARS_PER_TRANSITION;
  const s3 = chunks * (DOLLARS_PER_PUT + GETS_PER_CHUNK * DOLLARS_PER_GET);
  const total = lambda + stepFunctions + s3;
  const round = (dollars: number): number => Number(dollars.toPrecision(3));
  return {
    ...{ lambda: round(lambda), stepFunctions: round(stepFunctions), s3: round(s3), total: round(total) },
    vcpuSeconds,
  };
}

/**
 * Seconds from the start of a run to its ranking, about.
 *
 * @param concurrency chunks screened at once
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateSeconds(
  compositions: number,
  chunks: number,
  concurrency: number,
  rate = COMPOSITIONS_PER_VCPU_SECOND,
  platform = DEFAULT_PLATFORM,
): number {
  const rounds = Math.ceil(chunks / concurrency);
  const perChunk = (compositions / chunks / rate + SECONDS_PER_CHUNK) / speedOf(platform);
  return Math.round(SECONDS_AROUND_MAP + rounds * perChunk + chunks * SECONDS_PER_RESULT);
}

/** Part of a vCPU that screening has; it works on one thread, so a second vCPU is paid and idle. */
function speedOf({ memoryMB }: ScreenPlatform): number {
  return Math.min(1, memoryMB / MB_PER_VCPU);
}
