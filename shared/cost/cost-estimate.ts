import { type Architecture, MB_PER_VCPU } from '../aws.ts';
import { CHUNK_START, COLD_START, COMPOSITIONS_PER_VCPU_SECOND } from './cloud-figures.ts';
import {
  DOLLARS_PER_GB_SECOND,
  DOLLARS_PER_GET,
  DOLLARS_PER_PUT,
  DOLLARS_PER_REQUEST,
  DOLLARS_PER_TRANSITION,
} from './prices.ts';

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

const TRANSITIONS_PER_CHUNK = 3; // start, screen, end of a child execution
const TRANSITIONS_PER_RUN = 10; // around the map
const GETS_PER_CHUNK = 8; // run.json, index, student, three parts of the plan, whether the result is there, and the result for the reduction

/**
 * Throttled tries of a chunk that are allowed for, each a state transition: as many as there are when somebody else has
 * half of the concurrency that the stage counts on (simulated in the tests).
 */
export const THROTTLED_TRIES_PER_CHUNK = 2.5;

/**
 * Cost of screening so many compositions in so many chunks, each in an environment that has to come up.
 *
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateCost(
  compositions: number,
  chunks: number,
  rate = COMPOSITIONS_PER_VCPU_SECOND,
  platform = DEFAULT_PLATFORM,
): CostEstimate {
  return priceOf(Math.round(compositions / rate + chunks * (CHUNK_START + COLD_START.median)), chunks, platform);
}

/** Cost of so many seconds of one vCPU in so many chunks, wherever they are screened. */
export function priceOf(vcpuSeconds: number, chunks: number, platform: ScreenPlatform): CostEstimate {
  const throttled = chunks * THROTTLED_TRIES_PER_CHUNK;
  const seconds = vcpuSeconds / vcpusOf(platform);
  return { ...rounded(priceMap({ seconds, chunks, tries: chunks, throttled }, platform)), vcpuSeconds };
}

/** What a map did that is paid for. */
export interface PaidMap {
  readonly seconds: number; // of functions
  readonly chunks: number;
  readonly tries: number; // that ran
  readonly throttled: number; // tries that were turned away
}

/** Prices of a map and of the states around it, in US dollars. */
export function priceMap(
  { seconds, chunks, tries, throttled }: PaidMap,
  { architecture, memoryMB }: ScreenPlatform,
): Omit<CostEstimate, 'vcpuSeconds'> {
  const lambda = ((seconds * memoryMB) / 1024) * DOLLARS_PER_GB_SECOND[architecture] + tries * DOLLARS_PER_REQUEST;
  const transitions = chunks * TRANSITIONS_PER_CHUNK + (tries - chunks) + throttled + TRANSITIONS_PER_RUN;
  const stepFunctions = transitions * DOLLARS_PER_TRANSITION;
  const s3 = chunks * (DOLLARS_PER_PUT + GETS_PER_CHUNK * DOLLARS_PER_GET);
  return { lambda, stepFunctions, s3, total: lambda + stepFunctions + s3 };
}

function rounded({ lambda, stepFunctions, s3, total }: Omit<CostEstimate, 'vcpuSeconds'>) {
  const round = (dollars: number): number => Number(dollars.toPrecision(3));
  return { lambda: round(lambda), stepFunctions: round(stepFunctions), s3: round(s3), total: round(total) };
}

/** vCPUs that screening has of a function; it works on one thread, so a second vCPU is paid and idle. */
export function vcpusOf({ memoryMB }: ScreenPlatform): number {
  return Math.min(1, memoryMB / MB_PER_VCPU);
}
