import { describe, expect, it } from 'vitest';
import { CHUNK_START } from '../../shared/cost/cloud-figures.ts';
import { type CloudStage, type CloudWork, DEFAULT_STAGE, predictRun } from '../../shared/cost/cloud-simulation.ts';
import { estimateCost, THROTTLED_TRIES_PER_CHUNK } from '../../shared/cost/cost-estimate.ts';
import { EventQueue } from '../../shared/cost/event-queue.ts';
import { type SimulatedMap, simulateMap } from '../../shared/cost/map-simulation.ts';
import { longestDelay, THROTTLING_RETRY } from '../../shared/cost/retries.ts';
import { chooseChunks } from '../../shared/planning/choose-chunks.ts';
import { MOST_CHUNKS } from '../../shared/planning/chunk-count.ts';
import { createRandom } from '../../shared/random.ts';

const MAP: SimulatedMap = {
  chunks: 1000,
  vcpuSeconds: 30,
  spread: 0.15,
  vcpus: 1,
  maxConcurrency: 100,
  lambdaConcurrency: 1000,
  timeoutSeconds: 300,
};
const simulate = (changes: Partial<SimulatedMap>, seed = 1) => simulateMap({ ...MAP, ...changes }, createRandom(seed));

describe('the event queue', () => {
  it('gives events in the order of their times', () => {
    const random = createRandom(3);
    const queue = new EventQueue(100);
    for (let place = 0; place < 100; place++) queue.push(place, random());
    const times: number[] = [];
    for (let place = queue.pop(); place >= 0; place = queue.pop()) {
      times.push(queue.times[place]);
      if (times.length < 300) queue.push(place, queue.times[place] + random());
    }
    expect(times).toHaveLength(399);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe('a simulated map', () => {
  it('is the same for the same seed and another for another', () => {
    expect(simulate({})).toEqual(simulate({}));
    expect(simulate({}, 2).seconds).not.toBe(simulate({}).seconds);
  });

  it('has every chunk run once, but for the tries that fail', () => {
    const { tries, lost, throttled } = simulate({ chunks: 10_000 });
    expect(tries).toBeGreaterThanOrEqual(10_000);
    expect(tries).toBeLessThan(10_030); // one in a thousand fails
    expect([lost, throttled]).toEqual([0, 0]);
  });

  it('takes as long as its chunks one after the other where one runs at a time', () => {
    const { seconds, billedSeconds, coldStarts } = simulate({ maxConcurrency: 1, spread: 0, chunks: 20 });
    expect(Math.abs(billedSeconds - 20 * (30 + CHUNK_START) - 1.2)).toBeLessThan(1); // one cold start varies
    expect(seconds - billedSeconds).toBeCloseTo(19 * 0.2, 6); // from the end of a child to the next
    expect(coldStarts).toBe(1);
  });

  it('takes longer with a part of a vCPU, and bills as much longer', () => {
    const [whole, half] = [simulate({ spread: 0 }), simulate({ spread: 0, vcpus: 0.5 })];
    expect(half.billedSeconds / whole.billedSeconds).toBeCloseTo(2, 1);
  });

  it('starts a function as often as chunks run at once', () => {
    expect(simulate({}).coldStarts).toBe(100);
    expect(simulate({ chunks: 10 }).coldStarts).toBe(10);
  });

  it('has environments come up a thousand at once and then a hundred a second', () => {
    const { throttled, coldStarts } = simulate({ chunks: 8000, maxConcurrency: 8000, lambdaConcurrency: 10_000 });
    expect(throttled).toBeGreaterThan(0);
    expect(coldStarts).toBeGreaterThan(3000);
  });

  it('loses chunks that always take longer than their time-out', () => {
    const { lost, tries, billedSeconds } = simulate({ chunks: 10, spread: 0, timeoutSeconds: 20 });
    expect([lost, tries]).toEqual([10, 40]); // three retries
    expect(billedSeconds).toBe(40 * 20);
  });
});

describe('throttling', () => {
  it.each([
    [7854, 8, 4],
    [7854, 500, 250],
    [7854, 1000, 500],
    [170, 8, 4],
  ])('of %i chunks, %i at once where %i may run, is within what the estimate allows for', (chunks, atOnce, quota) => {
    const { throttled } = simulate({ chunks, maxConcurrency: atOnce, lambdaConcurrency: quota });
    expect(throttled / chunks).toBeLessThan(THROTTLED_TRIES_PER_CHUNK);
  });

  it('is none while as many may run as are started', () => {
    expect(simulate({ maxConcurrency: 8, lambdaConcurrency: 8 }).throttled).toBe(0);
  });

  it('is many times that where far too many are started, which the configuration prevents', () => {
    const { throttled } = simulate({ chunks: 7854, maxConcurrency: 500, lambdaConcurrency: 10 });
    expect(throttled / 7854).toBeGreaterThan(5 * THROTTLED_TRIES_PER_CHUNK);
  });

  it('is waited out with delays that double up to five minutes', () => {
    expect([0, 1, 7, 8, 9000].map((attempt) => longestDelay(THROTTLING_RETRY, attempt))).toEqual([2, 4, 256, 300, 300]);
  });
});

const WORK: CloudWork = {
  compositions: 2e10,
  rate: 5e6,
  isBounded: false,
  planSeconds: 5,
  systems: 4e6,
  kept: 1000,
  keptPerSystem: 3,
  rescored: 0,
};
const stage = (maxConcurrency: number): CloudStage => ({
  ...DEFAULT_STAGE,
  maxConcurrency,
  lambdaConcurrency: Math.max(10, maxConcurrency),
});
const TRILLION = { ...WORK, compositions: 1e12, planSeconds: 47, systems: 6e6 };

describe('a prediction', () => {
  it('has most runs between its bounds, and the median there too', () => {
    const { seconds, cost } = predictRun(WORK, 134, stage(8));
    for (const { low, median, high } of [seconds, cost]) {
      expect(low).toBeLessThan(median);
      expect(median).toBeLessThan(high);
    }
  });

  it('costs less in the median than the estimate that the spending limit is held against', () => {
    for (const [work, chunks] of [
      [WORK, 134],
      [TRILLION, 6667],
    ] as const)
      expect(predictRun(work, chunks, stage(500)).cost.median).toBeLessThan(
        estimateCost(work.compositions, chunks).total,
      );
  });

  it('is as uncertain as the rate of processors that nobody has measured', () => {
    const { low, median, high } = predictRun(TRILLION, 3000, stage(8)).seconds;
    expect([low / median, high / median].map((ratio) => Number(ratio.toFixed(1)))).toEqual([0.8, 1.3]);
  });

  it('takes longer where fewer chunks run at once, and where a chunk has more to be scored again', () => {
    const median = (work: CloudWork, atOnce: number) => predictRun(work, 134, stage(atOnce)).seconds.median;
    expect(median(WORK, 8)).toBeGreaterThan(8 * median(WORK, 134));
    expect(median({ ...WORK, kept: 2e5, keptPerSystem: 300, rescored: 2e5 }, 134)).toBeGreaterThan(
      median(WORK, 134) + 2,
    );
  });

  it('is wider with bounds, which make chunks less alike', () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const [plain, bounded] = [WORK, { ...WORK, isBounded: true }].map((work) => predictRun(work, 134, stage(134)));
    expect(width(bounded.seconds)).toBeGreaterThan(1.5 * width(plain.seconds));
  });

  it('tells the bytes of the results', () => {
    expect(predictRun(WORK, 100, stage(8)).resultBytes).toBe(100 * (2900 + 12 * 1000));
    expect(predictRun({ ...WORK, systems: 1000 }, 100, stage(8)).resultBytes).toBe(100 * (2900 + 12 * 30));
  });
});

describe('the chosen number of chunks', () => {
  const CASES = [WORK, TRILLION, { ...TRILLION, isBounded: true, compositions: 1.4e10 }].flatMap((work) =>
    [8, 500, 1000].map((atOnce) => [work, atOnce] as const),
  );

  it.each(CASES)('leaves every chunk far from its time-out, and none lost (%#)', (work, atOnce) => {
    const { chunkSeconds, lost } = predictRun(work, chooseChunks(work, stage(atOnce)), stage(atOnce));
    expect(chunkSeconds).toBeLessThanOrEqual(100);
    expect(lost).toBe(0);
  });

  it.each(CASES)(
    'is at least as good as chunks of 30 s: as soon and at most 5 cents or a tenth dearer (%#)',
    (work, atOnce) => {
      const chosen = predictRun(work, chooseChunks(work, stage(atOnce)), stage(atOnce));
      const before = predictRun(work, Math.ceil(work.compositions / work.rate / 30), stage(atOnce));
      expect(chosen.seconds.median).toBeLessThan(1.03 * before.seconds.median);
      expect(chosen.cost.median).toBeLessThan(Math.max(before.cost.median + 0.06, 1.1 * before.cost.median));
    },
  );

  it('is one where there is little to do, and never above 10,000', () => {
    expect(chooseChunks({ ...WORK, compositions: 1e4 }, stage(500))).toBe(1);
    expect(chooseChunks({ ...WORK, compositions: 1e14 }, stage(500))).toBe(MOST_CHUNKS);
  });

  it('follows the time-out and the memory of the function', () => {
    const short = { ...stage(8), timeoutSeconds: 90 };
    expect(predictRun(TRILLION, chooseChunks(TRILLION, short), short).chunkSeconds).toBeLessThanOrEqual(30);
    const small = { ...stage(8), platform: { architecture: 'arm64', memoryMB: 885 } } as const;
    expect(predictRun(TRILLION, chooseChunks(TRILLION, small), small).chunkSeconds).toBeLessThanOrEqual(100.1);
  });

  it('is the same every time', () => {
    expect(chooseChunks(TRILLION, stage(500))).toBe(chooseChunks(TRILLION, stage(500)));
  });
});
