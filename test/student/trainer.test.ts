import { describe, expect, it } from 'vitest';
import { formatFormula, parseFormula } from '../../shared/chemistry/formula.ts';
import { sigmoid } from '../../shared/learning/logistic.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { forward, initialWeights, WEIGHT_NAMES, type Weights } from '../../shared/student/network.ts';
import { exportStudent } from '../../shared/student/student-graph.ts';
import {
  type Example,
  StudentTraining,
  type TrainingOptions,
  type TrainingState,
} from '../../shared/student/trainer.ts';
import { studentMetadata } from '../random-student.ts';

const SYMBOLS = ['Li', 'B', 'O', 'F', 'P', 'S', 'Cl'];
const features = elementFeatures(SYMBOLS);
const OPTIONS: TrainingOptions = {
  size: { encoder: 8, first: 12, second: 6 },
  seed: 1,
  steps: 150,
  batch: 16,
  learningRate: 0.01,
  weightDecay: 0.01,
  averageFrom: 0.7,
};

/** Train in one go; or, after every step that `stopAt` names, leave off and go on from the state in another training. */
async function trainStudent(
  by: typeof features,
  examples: readonly Example[],
  options: TrainingOptions,
  stopAt: readonly number[] = [],
): Promise<Weights> {
  let training = await StudentTraining.open(by, examples, options);
  while (!training.done) {
    await training.step();
    const state: TrainingState = training.state();
    if (!stopAt.includes(state.step)) continue;
    await training.release();
    training = await StudentTraining.open(by, examples, options, state);
  }
  await training.release();
  return training.weights();
}

/** Sulfides pass, and the more so the more Li they have. */
const EXAMPLES: Example[] = ['O', 'F', 'S', 'Cl', 'BO', 'PO', 'BS', 'PS', 'PSCl', 'BOF'].flatMap((rest) =>
  [1, 2, 3, 4].map((lithium) => ({
    composition: parseFormula(`Li${lithium}${rest}`),
    probability: rest.includes('S') ? 0.6 + 0.1 * lithium : 0.05,
    weight: 1 + (lithium % 2),
  })),
);

function loss(weights: Weights): number {
  const total = EXAMPLES.reduce((sum, { weight }) => sum + weight, 0);
  return EXAMPLES.reduce((sum, { composition, probability, weight }) => {
    const logit = forward(features, weights, composition);
    return sum + (weight / total) * (Math.log1p(Math.exp(logit)) - probability * logit);
  }, 0);
}

const model = (weights: Weights): Uint8Array => exportStudent(features, weights, studentMetadata(SYMBOLS));

describe('training', () => {
  it('lowers the loss to near the entropy of the labels', async () => {
    const untrained = loss(initialWeights(features, OPTIONS.size, OPTIONS.seed));
    const trained = loss(await trainStudent(features, EXAMPLES, OPTIONS));
    const totals = EXAMPLES.map(({ probability: p, weight }) => ({
      weight,
      entropy: -(p * Math.log(p) + (p < 1 ? (1 - p) * Math.log(1 - p) : 0)),
    }));
    const entropy =
      totals.reduce((sum, item) => sum + item.weight * item.entropy, 0) /
      totals.reduce((sum, { weight }) => sum + weight, 0);
    expect(untrained).toBeGreaterThan(0.5);
    expect(trained).toBeGreaterThan(entropy);
    expect(trained).toBeLessThan(entropy + 0.05);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const short = { ...OPTIONS, steps: 30 };
    const [first, again, other] = [
      await trainStudent(features, EXAMPLES, short),
      await trainStudent(features, EXAMPLES, short),
      await trainStudent(features, EXAMPLES, { ...short, seed: 2 }),
    ].map(model);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('gives the same bytes when it is stopped and resumed, before, in and after the averaging and between epochs', async () => {
    const short = { ...OPTIONS, steps: 20 }; // 40 examples in batches of 16: an epoch ends within and after a batch
    const whole = await trainStudent(features, EXAMPLES, short);
    const everyStep = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(model(await trainStudent(features, EXAMPLES, short, everyStep))).toEqual(model(whole));
    expect(model(await trainStudent(features, EXAMPLES, short, [5, 14, 17]))).toEqual(model(whole));
  });

  it('takes fewer examples than a batch holds', async () => {
    const weights = await trainStudent(features, EXAMPLES.slice(0, 3), { ...OPTIONS, steps: 5 });
    for (const name of WEIGHT_NAMES) expect(weights[name].every(Number.isFinite)).toBe(true);
  });

  it('heeds the weights of the examples', async () => {
    const composition = parseFormula('Li2S');
    const train = async (heavier: number): Promise<number> => {
      const examples = [0, 1].map((probability) => ({
        composition,
        probability,
        weight: probability === heavier ? 3 : 1,
      }));
      const weights = await trainStudent(features, examples, { ...OPTIONS, weightDecay: 0 });
      return sigmoid(forward(features, weights, composition));
    };
    expect(await train(1)).toBeCloseTo(0.75, 1);
    expect(await train(0)).toBeCloseTo(0.25, 1);
  });

  it('makes a model that scores as the reference forward pass does, within 1e-5', async () => {
    const weights = await trainStudent(features, EXAMPLES, OPTIONS);
    const student = await openStudent(model(weights), 'student.onnx');
    for (const { composition } of [...EXAMPLES, { composition: parseFormula('Li6.4P0.8B0.2S5.1Cl0.9') }]) {
      const rows = BigInt64Array.from(composition.atomicNumbers, (z) => BigInt(student.rowOf(z)));
      const [logit] = await student.logits(rows, Float32Array.from(composition.amounts), 1, 1);
      const expected = forward(features, weights, composition);
      expect(Math.abs(logit - expected), formatFormula(composition)).toBeLessThan(1e-5);
      expect(Math.abs((await scoreComposition(student, composition, {})) - sigmoid(expected))).toBeLessThan(1e-5);
    }
    await student.release();
  });
});
