/** What one run costs in the cloud, in US dollars, before any free tier. */
export interface CostEstimate {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly s3: number;
  readonly total: number;
  readonly vcpuSeconds: number; // that the estimate is based on
}

// Public prices of us-east-1 without volume discounts, Lambda on arm64; x86-64 costs a quarter more a second.
const DOLLARS_PER_GB_SECOND = 1.33334e-5; // https://aws.amazon.com/lambda/pricing/
const DOLLARS_PER_REQUEST = 0.2e-6; // to Lambda, same page
const GB_PER_VCPU = 1769 / 1024; // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const DOLLARS_PER_TRANSITION = 25e-6; // https://aws.amazon.com/step-functions/pricing/
const DOLLARS_PER_PUT = 5e-6; // https://aws.amazon.com/s3/pricing/
const DOLLARS_PER_GET = 0.4e-6; // same page

/** Assumed for Lambda's processors; two x86-64 cores here reach 7e6 to 8e6 each. */
export const COMPOSITIONS_PER_VCPU_SECOND = 5e6;
const SECONDS_PER_CHUNK = 2; // assumed: start of a function, loading plan and model
const SECONDS_AROUND_MAP = 30; // assumed: planning, and the first functions coming up
const SECONDS_PER_RESULT = 0.002; // assumed: the reduction reads sixteen chunk results at once
const TRANSITIONS_PER_CHUNK = 3; // start, screen, end of a child execution
const TRANSITIONS_PER_RUN = 10; // around the map
const GETS_PER_CHUNK = 7; // the five files of a plan, whether the result is there, and the result for the reduction

/**
 * Cost of screening so many compositions in so many chunks.
 *
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateCost(compositions: number, chunks: number, rate = COMPOSITIONS_PER_VCPU_SECOND): CostEstimate {
  const vcpuSeconds = compositions / rate + chunks * SECONDS_PER_CHUNK;
  const lambda = vcpuSeconds * GB_PER_VCPU * DOLLARS_PER_GB_SECOND + chunks * DOLLARS_PER_REQUEST;
  const stepFunctions = (chunks * TRANSITIONS_PER_CHUNK + TRANSITIONS_PER_RUN) * DOLLARS_PER_TRANSITION;
  const s3 = chunks * (DOLLARS_PER_PUT + GETS_PER_CHUNK * DOLLARS_PER_GET);
  const total = lambda + stepFunctions + s3;
  const round = (dollars: number): number => Number(dollars.toPrecision(3));
  return {
    ...{ lambda: round(lambda), stepFunctions: round(stepFunctions), s3: round(s3), total: round(total) },
    vcpuSeconds: Math.round(vcpuSeconds),
  };
}

/**
 * Seconds from the start of a run to its ranking, about.
 *
 * @param concurrency chunks screened at once, each by one vCPU
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateSeconds(
  compositions: number,
  chunks: number,
  concurrency: number,
  rate = COMPOSITIONS_PER_VCPU_SECOND,
): number {
  const rounds = Math.ceil(chunks / concurrency);
  const perChunk = compositions / chunks / rate + SECONDS_PER_CHUNK;
  return Math.round(SECONDS_AROUND_MAP + rounds * perChunk + chunks * SECONDS_PER_RESULT);
}
