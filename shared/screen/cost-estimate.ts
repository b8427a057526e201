/** What one run costs in the cloud, in US dollars, before any free tier. */
export interface CostEstimate {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly s3: number;
  readonly total: number;
  readonly vcpuSeconds: number; // that the estimate is based on
}

// Public prices of us-east-1, Lambda on arm64 with 1,769 MB (one vCPU), as the design's price model has them.
const DOLLARS_PER_VCPU_SECOND = 2.3e-5;
const DOLLARS_PER_TRANSITION = 25e-6;
const DOLLARS_PER_PUT = 5e-6;

/** Assumed for Lambda's processors; two x86-64 cores here reach 7e6 to 8e6 each. */
export const COMPOSITIONS_PER_VCPU_SECOND = 5e6;
const SECONDS_PER_CHUNK = 2; // loading plan and model
const TRANSITIONS_PER_CHUNK = 3; // start, screen, end of a child execution
const TRANSITIONS_PER_RUN = 10; // around the map

/**
 * Cost of screening so many compositions in so many chunks.
 *
 * @param rate compositions that one vCPU screens in a second
 */
export function estimateCost(compositions: number, chunks: number, rate = COMPOSITIONS_PER_VCPU_SECOND): CostEstimate {
  const vcpuSeconds = compositions / rate + chunks * SECONDS_PER_CHUNK;
  const lambda = vcpuSeconds * DOLLARS_PER_VCPU_SECOND;
  const stepFunctions = (chunks * TRANSITIONS_PER_CHUNK + TRANSITIONS_PER_RUN) * DOLLARS_PER_TRANSITION;
  const s3 = chunks * DOLLARS_PER_PUT;
  const total = lambda + stepFunctions + s3;
  const round = (dollars: number): number => Number(dollars.toPrecision(3));
  return {
    ...{ lambda: round(lambda), stepFunctions: round(stepFunctions), s3: round(s3), total: round(total) },
    vcpuSeconds: Math.round(vcpuSeconds),
  };
}
