import { expect, it } from 'vitest';
import {
  expectedBeyond,
  fitScale,
  log10Of,
  measuredLogitOf,
  measuredLoss,
  negativeLogLikelihood,
} from '../../shared/fine-tuning/measured-likelihood.ts';
import { sigmoid } from '../../shared/learning/logistic.ts';
import { createRandom } from '../../shared/random.ts';

const SCALE = { threshold: -4, scale: 0.8 };

it('the logit is 0 at the threshold and turns back into the conductivity', () => {
  expect(measuredLogitOf(-4, SCALE)).toBe(0);
  expect(measuredLogitOf(-2.4, SCALE)).toBeCloseTo(2, 12);
  expect(log10Of(2, SCALE)).toBeCloseTo(-2.4, 12);
});

it('is the logistic density of a value and the distribution function of a bound, by hand', () => {
  expect(negativeLogLikelihood(-4, 'exact', -4, 1)).toBeCloseTo(Math.log(4), 12); // density 1/4 at the centre
  expect(negativeLogLikelihood(-4, 'exact', -4, 0.5)).toBeCloseTo(Math.log(2), 12);
  expect(negativeLogLikelihood(-4, 'upper', -4, 1)).toBeCloseTo(Math.log(2), 12);
  expect(negativeLogLikelihood(-10, 'upper', -10 - Math.log(3), 1)).toBeCloseTo(-Math.log(0.75), 12);
  expect(negativeLogLikelihood(-10, 'lower', -10 - Math.log(3), 1)).toBeCloseTo(-Math.log(0.25), 12);
});

it('gives an unlikely bound a cost that grows with the distance, and a satisfied one none', () => {
  expect(negativeLogLikelihood(-10, 'upper', -2, 0.5)).toBeCloseTo(16, 5);
  expect(negativeLogLikelihood(-10, 'upper', -18, 0.5)).toBeCloseTo(0, 5);
});

it.each(['exact', 'upper', 'lower'] as const)(
  'the loss of a value that is %s has the derivative of its likelihood',
  (bound) => {
    const { slope, shift, probability } = measuredLoss(-5.5, bound, SCALE);
    for (const logit of [-6, -1.9, 0, 2.5]) {
      const cost = (z: number): number => negativeLogLikelihood(-5.5, bound, log10Of(z, SCALE), SCALE.scale);
      const numeric = (cost(logit + 1e-5) - cost(logit - 1e-5)) / 2e-5;
      expect(slope * sigmoid(logit - shift) - probability).toBeCloseTo(numeric, 7);
    }
  },
);

it('puts the mean of the values beyond a bound where numeric integration has it', () => {
  const density = (x: number): number => Math.exp(-negativeLogLikelihood(x, 'exact', -8, 0.8));
  let [mass, moment] = [0, 0];
  for (let x = -40; x < -10; x += 1e-4) {
    mass += density(x);
    moment += x * density(x);
  }
  expect(expectedBeyond(-10, 'upper', -8, 0.8)).toBeCloseTo(moment / mass, 3);
  expect(expectedBeyond(-6, 'lower', -8, 0.8)).toBeCloseTo(-16 - moment / mass, 3); // the mirror image
});

it('finds the scale that values were drawn with, bounds or not', () => {
  const random = createRandom(4);
  const drawn = Array.from({ length: 4000 }, () => {
    const u = random();
    return -6 + 0.7 * Math.log(u / (1 - u));
  });
  const predicted = new Float64Array(drawn.length).fill(-6);
  const exact = drawn.map((log10) => ({ log10, bound: 'exact' as const }));
  const cut = drawn.map((log10) =>
    log10 < -7 ? { log10: -7, bound: 'upper' as const } : { log10, bound: 'exact' as const },
  );
  expect(fitScale(exact, predicted)).toBeCloseTo(0.7, 1);
  expect(fitScale(cut, predicted)).toBeCloseTo(0.7, 1);
});
