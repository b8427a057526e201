import { describe, expect, it } from 'vitest';
import { fitLogistic, logisticLogit, sigmoid } from '../../shared/learning/logistic.ts';
import { createRandom, randomNormal } from '../../shared/random.ts';

const random = createRandom(3);
const ROWS = Array.from({ length: 60 }, () => [randomNormal(random), 5 + 3 * randomNormal(random), 7]);
const POSITIVE = ROWS.map(([x, y]) => x + y / 3 + randomNormal(random) > 1.5);

describe('logistic regression', () => {
  it('gives the log-odds of a 2 × 2 table when hardly regularized', () => {
    const rows = [0, 0, 0, 0, 1, 1, 1, 1].map((x) => [x]);
    const positive = [true, false, false, false, true, true, true, false];
    const { coefficients, intercept } = fitLogistic(rows, positive, 1e-9);
    expect(intercept).toBeCloseTo(Math.log(1 / 3), 7);
    expect(coefficients[0]).toBeCloseTo(2 * Math.log(3), 7);
  });

  it('is where the gradient of the penalized loss vanishes', () => {
    const penalty = 2;
    const model = fitLogistic(ROWS, POSITIVE, penalty);
    const residuals = ROWS.map((row, i) => sigmoid(logisticLogit(model, row)) - Number(POSITIVE[i]));
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 9);
    for (const j of [0, 1]) {
      const mean = ROWS.reduce((sum, row) => sum + row[j], 0) / ROWS.length;
      const deviation = Math.sqrt(ROWS.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / ROWS.length);
      const gradient = ROWS.reduce((sum, row, i) => sum + (residuals[i] * (row[j] - mean)) / deviation, 0);
      expect(gradient + penalty * model.coefficients[j] * deviation).toBeCloseTo(0, 8);
    }
  });

  it('gives a constant feature no weight', () => {
    expect(fitLogistic(ROWS, POSITIVE, 1).coefficients[2]).toBe(0);
  });

  it('does not depend on the units of a feature', () => {
    const model = fitLogistic(ROWS, POSITIVE, 1);
    const inOtherUnits = ROWS.map(([x, y, z]) => [1000 * x - 5, y, z]);
    const other = fitLogistic(inOtherUnits, POSITIVE, 1);
    expect(logisticLogit(other, inOtherUnits[0])).toBeCloseTo(logisticLogit(model, ROWS[0]), 8);
  });

  it('converges for classes that can be separated', () => {
    const { coefficients } = fitLogistic([[0], [1], [9], [10]], [false, false, true, true], 0.01);
    expect(coefficients[0]).toBeGreaterThan(0);
    expect(Number.isFinite(coefficients[0])).toBe(true);
  });
});

describe('sigmoid', () => {
  it('does not overflow at either end', () => {
    expect([sigmoid(-1000), sigmoid(0), sigmoid(1000)]).toEqual([0, 0.5, 1]);
  });
});
