import { describe, expect, it } from 'vitest';
import { applyCalibration, calibrate } from '../../shared/committee/calibration.ts';
import { evaluateCommittee, expectedCalibrationError, joinFolds } from '../../shared/committee/committee-evaluation.ts';
import { interpolate, poolAdjacentViolators } from '../../shared/learning/isotonic.ts';
import { createRandom } from '../../shared/random.ts';

describe('isotonic regression', () => {
  it('pools neighbours that descend into their weighted mean', () => {
    const blocks = [1, 3, 2, 2, 5].map((y, x) => ({ x, y, weight: 1 }));
    expect(poolAdjacentViolators(blocks)).toEqual([
      { x: 0, y: 1, weight: 1 },
      { x: 2, y: 7 / 3, weight: 3 },
      { x: 4, y: 5, weight: 1 },
    ]);
    expect(
      poolAdjacentViolators([
        { x: 0, y: 1, weight: 3 },
        { x: 4, y: 0, weight: 1 },
      ]),
    ).toEqual([{ x: 1, y: 0.75, weight: 4 }]);
  });

  it('interpolates between knots and is constant beyond them', () => {
    const curve = { x: [0, 1, 3], y: [1, 2, 6] };
    expect([-1, 0, 0.5, 1, 2, 3, 9].map((x) => interpolate(curve, x))).toEqual([1, 1, 1.5, 2, 4, 6, 6]);
  });
});

/** Predictions that are the square root of the probability with which a label is 1, more spread where they are wrong. */
function overconfident(count: number, seed: number) {
  const random = createRandom(seed);
  const probabilities = Float64Array.from({ length: count }, () => random());
  const labels = probabilities.map((p) => Number(random() < p));
  return {
    labels,
    mean: probabilities.map(Math.sqrt),
    spread: probabilities.map((p, i) => 0.4 * Math.abs(p - labels[i]) + 0.1 * random()),
  };
}

describe('calibration', () => {
  const fitted = overconfident(8000, 1);
  const calibration = calibrate(fitted, fitted.labels, 0.5);

  it('recovers the probability behind distorted predictions', () => {
    for (const p of [0.05, 0.2, 0.5, 0.8, 0.95])
      expect(Math.abs(interpolate(calibration.probability, Math.sqrt(p)) - p)).toBeLessThan(0.06);
  });

  it('rises strictly from 0 to 1, so that no order is lost', () => {
    const { x, y } = calibration.probability;
    for (const values of [x, y]) {
      expect([values[0], values[values.length - 1]]).toEqual([0, 1]);
      values.slice(1).forEach((value, i) => {
        expect(value).toBeGreaterThan(values[i]);
      });
    }
    const { x: spreads, y: deviations } = calibration.deviation;
    expect([spreads[0], deviations[0]]).toEqual([0, 0]);
    deviations.slice(1).forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(deviations[i]);
    });
  });

  it('gives a standard deviation that is the error on other data', () => {
    const other = overconfident(8000, 2);
    const { mean, std } = applyCalibration(calibration, other);
    for (const [low, high] of [
      [0.1, 0.3],
      [0.3, 0.5],
      [0.5, 0.9],
    ]) {
      const bin = [...std.keys()].filter((i) => std[i] >= low && std[i] < high);
      const error = Math.sqrt(bin.reduce((sum, i) => sum + (mean[i] - other.labels[i]) ** 2, 0) / bin.length);
      const expected = Math.sqrt(bin.reduce((sum, i) => sum + std[i] ** 2, 0) / bin.length);
      expect(Math.abs(error / expected - 1)).toBeLessThan(0.1);
    }
  });

  it('can be fitted where all labels are alike', () => {
    const same = {
      mean: Float64Array.of(0.1, 0.2, 0.2, 0.4),
      spread: new Float64Array(4),
      labels: new Float64Array(4),
    };
    const { mean, std } = applyCalibration(calibrate(same, same.labels, 0.5), same);
    for (const value of [...mean, ...std]) expect(value).toBeGreaterThanOrEqual(0);
  });
});

describe('evaluation of a committee', () => {
  it('has no calibration error for predictions whose shares are right, and the full one for those that are wrong', () => {
    expect(expectedCalibrationError([true, false, false, false], new Float64Array(4).fill(0.25))).toBe(0);
    expect(expectedCalibrationError([true, false], Float64Array.of(0.1, 0.9))).toBeCloseTo(0.9, 12);
  });

  it('judges every fold by a calibration of the others', () => {
    const folds = [1, 2, 3].map((seed) => overconfident(2000, seed));
    const { folds: judged, byDeviation } = evaluateCommittee(folds, 0.5);
    for (const fold of judged) {
      expect(fold.formulas).toBe(2000);
      expect(fold.calibrationErrorRaw).toBeGreaterThan(0.12); // E[√p − p] = 1/6
      expect(fold.calibrationError).toBeLessThan(0.05);
      expect(fold.rankCorrelation).toBeGreaterThan(0.8);
    }
    // the first fold, by a calibration that never saw it
    const others = joinFolds(folds.slice(1));
    const { mean } = applyCalibration(calibrate(others, others.labels, 0.5), folds[0]);
    const truth = Array.from(folds[0].labels, Boolean);
    expect(judged[0].calibrationError).toBe(expectedCalibrationError(truth, mean));
    expect(byDeviation[7].error).toBeGreaterThan(2 * byDeviation[0].error);
  });
});
