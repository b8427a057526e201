import {
  type CloudPrediction,
  type CloudStage,
  type CloudWork,
  predictRun,
  type SimulationSettings,
} from '../cost/cloud-simulation.ts';
import { vcpusOf } from '../cost/cost-estimate.ts';
import { MOST_CHUNKS } from './chunk-count.ts';

/** Part of the time-out that a chunk may take: processors differ, and so do chunks. */
const PART_OF_TIMEOUT = 1 / 3;
/** The same with bounds, which make chunks less alike. */
const PART_IF_BOUNDED = 1 / 9;
/** Seconds of one vCPU below which a chunk is mostly start and transitions. */
const LEAST_SECONDS = 5;
/** Numbers of chunks that are tried between the fewest and the most, in equal ratios, beside whole rounds of the map. */
const TRIED = 12;
const ROUNDS_TRIED = 12;
/** So much more than the cheapest may be paid for less time: a part of it, or US dollars if that is more. */
const [COST_TOLERANCE, DOLLARS_TOLERATED] = [0.1, 0.05];
/** For each; all at the rate that is assumed, as another makes all of them slower alike. */
const SETTINGS: SimulationSettings = { seeds: 3, rateFactor: 1 };

/**
 * The number of chunks of a run in the cloud: by simulation the one that ends first, of those that cost hardly more than the
 * cheapest. No chunk comes near its time-out, unless there would be more than 10,000. Equal for equal arguments.
 */
export function chooseChunks(work: CloudWork, stage: CloudStage): number {
  const predictions = candidates(work, stage).map((chunks) => predictRun(work, chunks, stage, SETTINGS));
  const cheapest = Math.min(...predictions.map(({ cost }) => cost.median));
  const most = cheapest + Math.max(COST_TOLERANCE * cheapest, DOLLARS_TOLERATED);
  const allowed = predictions.filter(({ cost }) => cost.median <= most);
  return allowed.reduce((best, each) => (isSooner(each, best) ? each : best)).chunks;
}

/** In ascending order, so that of equal ones the fewest chunks are chosen. */
function isSooner(a: CloudPrediction, b: CloudPrediction): boolean {
  return a.seconds.median < b.seconds.median;
}

function candidates({ compositions, rate, isBounded }: CloudWork, stage: CloudStage): number[] {
  const { platform, timeoutSeconds, maxConcurrency } = stage;
  const vcpuSeconds = compositions / rate;
  const longest = timeoutSeconds * vcpusOf(platform) * (isBounded ? PART_IF_BOUNDED : PART_OF_TIMEOUT);
  const within = (count: number): number => Math.max(1, Math.min(MOST_CHUNKS, Math.ceil(count)));
  const fewest = within(vcpuSeconds / longest);
  const most = Math.max(fewest, within(vcpuSeconds / LEAST_SECONDS));
  const counts = new Set([fewest, most]);
  for (let i = 1; i < TRIED; i++) counts.add(within(fewest * (most / fewest) ** (i / TRIED)));
  for (let round = Math.ceil(fewest / maxConcurrency), i = 0; i < ROUNDS_TRIED; i++, round++)
    if (round * maxConcurrency <= most) counts.add(round * maxConcurrency);
  return [...counts].sort((a, b) => a - b);
}
