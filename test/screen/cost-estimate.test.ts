import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import {
  estimateCost,
  estimateSeconds,
  priceOf,
  THROTTLED_TRIES_PER_CHUNK,
} from '../../shared/screen/cost-estimate.ts';

describe('the cost of a run', () => {
  it('is that of Lambda, state transitions and requests, by the public prices', () => {
    // 1e9 / 5e6 + 10 × 2 = 220 s of 1,769 MB; 10 × (3 + 2) + 10 = 60 transitions; 10 PUTs and 70 GETs
    const { lambda, stepFunctions, s3, total, vcpuSeconds } = estimateCost(1e9, 10);
    expect(vcpuSeconds).toBe(220);
    expect(lambda).toBeCloseTo((220 * 1769 * 1.33334e-5) / 1024 + 10 * 0.2e-6, 5);
    expect(stepFunctions).toBe(0.0015);
    expect(s3).toBe(0.000078);
    expect(total).toBeCloseTo(lambda + stepFunctions + s3, 4);
  });

  it.each([
    [20e9, 134, 0.12],
    [1e12, 6667, 5.8],
  ])('of %f compositions in %i chunks is about %f US dollars', (compositions, chunks, dollars) => {
    const { total } = estimateCost(compositions, chunks);
    expect(total / dollars).toBeGreaterThan(0.9);
    expect(total / dollars).toBeLessThan(1.1);
  });

  it('grows as the rate falls', () => {
    expect(estimateCost(1e9, 10, 5e4).lambda / estimateCost(1e9, 10, 5e5).lambda).toBeGreaterThan(9);
  });
});

describe('the platform', () => {
  const on = (memoryMB: number, architecture: 'arm64' | 'x64' = 'arm64') =>
    estimateCost(1e9, 10, 5e6, { architecture, memoryMB });

  it('is priced by its architecture: x86-64 costs a quarter more a second', () => {
    expect(on(1769, 'x64').lambda / on(1769).lambda).toBeCloseTo(1.25, 2);
    expect(on(1769)).toEqual(estimateCost(1e9, 10));
  });

  it('with a part of a vCPU takes longer at the same price, and with more than one costs more', () => {
    expect(on(885).lambda / on(1769).lambda).toBeCloseTo(1, 2);
    expect(on(3537).lambda / on(1769).lambda).toBeCloseTo(2, 1);
    const seconds = (memoryMB: number) => estimateSeconds(15e9, 100, 100, 5e6, { architecture: 'arm64', memoryMB });
    expect(seconds(885)).toBe(94); // 30 and 64 s
    expect(seconds(3537)).toBe(seconds(1769));
  });

  it('may change between planning a run and going on with it', () => {
    const x64 = { architecture: 'x64', memoryMB: 3008 } as const;
    expect(priceOf(on(1769).vcpuSeconds, 10, x64)).toEqual(estimateCost(1e9, 10, 5e6, x64));
  });
});

describe('throttling', () => {
  it.each([
    [7854, 8, 4],
    [7854, 500, 250],
    [7854, 1000, 500],
    [170, 8, 4],
  ])('of %i chunks, %i at once where %i may run, is within what the estimate allows for', (chunks, atOnce, quota) => {
    expect(throttledTries(chunks, atOnce, quota) / chunks).toBeLessThan(THROTTLED_TRIES_PER_CHUNK);
  });

  it('is none while as many may run as are started', () => {
    expect(throttledTries(1000, 8, 8)).toBe(0);
  });

  it('is many times that where far too many are started, which the configuration prevents', () => {
    expect(throttledTries(7854, 500, 10) / 7854).toBeGreaterThan(5 * THROTTLED_TRIES_PER_CHUNK);
  });
});

/**
 * Tries that are turned away when chunks of 32 s are screened with the state machine's retries: after 2 s, doubled each
 * time up to 300 s, with full jitter.
 */
function throttledTries(chunks: number, atOnce: number, quota: number): number {
  const random = createRandom(1);
  const slots = Array.from({ length: atOnce }, () => ({ at: random(), tries: 0, runs: false }));
  let [left, running, throttled] = [chunks, 0, 0];
  for (let active = slots; active.length > 0; ) {
    const slot = active.reduce((first, each) => (each.at < first.at ? each : first));
    if (slot.runs) {
      running--;
      Object.assign(slot, { tries: 0, runs: false });
      if (--left < active.length) active = active.filter((each) => each !== slot);
    } else if (running < quota) {
      running++;
      Object.assign(slot, { at: slot.at + 32 * (0.8 + 0.4 * random()), runs: true });
    } else {
      throttled++;
      slot.at += random() * Math.min(300, 2 * 2 ** slot.tries++);
    }
  }
  return throttled;
}

describe('the time of a run', () => {
  it('falls with the chunks at once, until there is one for each', () => {
    const at = (concurrency: number): number => estimateSeconds(15e9, 100, concurrency);
    expect(at(1) - at(10)).toBe(90 * 32); // 15e7 / 5e6 + 2 = 32 s a chunk
    expect(at(100)).toBe(62); // 30 around the map, 32 for the chunks, 0.2 for the reduction
    expect(at(1000)).toBe(at(100));
  });
});
