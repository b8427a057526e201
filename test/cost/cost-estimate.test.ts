import { describe, expect, it } from 'vitest';
import { estimateCost, priceMap, priceOf } from '../../shared/cost/cost-estimate.ts';

describe('the cost of a run', () => {
  it('is that of Lambda, state transitions and requests, by the public prices', () => {
    // 1e9 / 5e6 + 10 × (0.3 + 1.2) = 215 s of 1,769 MB; 10 × (3 + 2.5) + 10 = 65 transitions; 10 PUTs and 80 GETs
    const { lambda, stepFunctions, s3, total, vcpuSeconds } = estimateCost(1e9, 10);
    expect(vcpuSeconds).toBe(215);
    expect(lambda).toBeCloseTo((215 * 1769 * 1.33334e-5) / 1024 + 10 * 0.2e-6, 5);
    expect(stepFunctions).toBe(0.00163);
    expect(s3).toBe(0.000082);
    expect(total).toBeCloseTo(lambda + stepFunctions + s3, 4);
  });

  it('counts every try that ran or was turned away as a transition, and those that ran as a request', () => {
    const at = (tries: number, throttled: number) =>
      priceMap({ seconds: 0, chunks: 10, tries, throttled }, { architecture: 'arm64', memoryMB: 1769 });
    expect(at(13, 0).stepFunctions - at(10, 0).stepFunctions).toBeCloseTo(3 * 25e-6, 12);
    expect(at(10, 7).stepFunctions - at(10, 0).stepFunctions).toBeCloseTo(7 * 25e-6, 12);
    expect(at(13, 7).lambda).toBeCloseTo(13 * 0.2e-6, 12);
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

  it('with a part of a vCPU costs the same, and with more than one costs more', () => {
    expect(on(885).lambda / on(1769).lambda).toBeCloseTo(1, 2);
    expect(on(3537).lambda / on(1769).lambda).toBeCloseTo(2, 1);
  });

  it('may change between planning a run and going on with it', () => {
    const x64 = { architecture: 'x64', memoryMB: 3008 } as const;
    expect(priceOf(on(1769).vcpuSeconds, 10, x64)).toEqual(estimateCost(1e9, 10, 5e6, x64));
  });
});
