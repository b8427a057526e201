import { describe, expect, it } from 'vitest';
import { estimateCost, estimateSeconds } from '../../shared/screen/cost-estimate.ts';

describe('the cost of a run', () => {
  it('is that of Lambda, state transitions and requests, by the public prices', () => {
    // 1e9 / 5e6 + 10 × 2 = 220 s of 1,769 MB; 10 × 3 + 10 = 40 transitions; 10 PUTs and 70 GETs
    const { lambda, stepFunctions, s3, total, vcpuSeconds } = estimateCost(1e9, 10);
    expect(vcpuSeconds).toBe(220);
    expect(lambda).toBeCloseTo((220 * 1769 * 1.33334e-5) / 1024 + 10 * 0.2e-6, 5);
    expect(stepFunctions).toBe(0.001);
    expect(s3).toBe(0.000078);
    expect(total).toBeCloseTo(lambda + stepFunctions + s3, 4);
  });

  it.each([
    [20e9, 134, 0.12],
    [1e12, 6667, 5.5],
  ])('of %f compositions in %i chunks is about %f US dollars', (compositions, chunks, dollars) => {
    const { total } = estimateCost(compositions, chunks);
    expect(total / dollars).toBeGreaterThan(0.9);
    expect(total / dollars).toBeLessThan(1.1);
  });

  it('grows as the rate falls', () => {
    expect(estimateCost(1e9, 10, 5e4).lambda / estimateCost(1e9, 10, 5e5).lambda).toBeGreaterThan(9);
  });
});

describe('the time of a run', () => {
  it('falls with the chunks at once, until there is one for each', () => {
    const at = (concurrency: number): number => estimateSeconds(15e9, 100, concurrency);
    expect(at(1) - at(10)).toBe(90 * 32); // 15e7 / 5e6 + 2 = 32 s a chunk
    expect(at(100)).toBe(62); // 30 around the map, 32 for the chunks, 0.2 for the reduction
    expect(at(1000)).toBe(at(100));
  });
});
