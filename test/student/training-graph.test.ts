import { beforeAll, describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { openSession, type Session, type TensorData } from '../../shared/onnx/session.ts';
import { createRandom, randomNormal } from '../../shared/random.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import {
  contextCount,
  forward,
  initialWeights,
  mapWeights,
  WEIGHT_NAMES,
  type WeightName,
  type Weights,
  weightShapes,
  writeContext,
} from '../../shared/student/network.ts';
import { buildTrainingGraph } from '../../shared/student/training-graph.ts';

const features = elementFeatures(['Li', 'O', 'P', 'S', 'Cl']);
const SIZE = { encoder: 4, first: 5, second: 3 };
const [BATCH, ARITY] = [4, 4];
const EXAMPLES = [
  { composition: parseFormula('Li3PS4'), probability: 0.9, weight: 0.4, slope: 1, shift: 0 },
  { composition: parseFormula('Li2O'), probability: 0, weight: 0.1, slope: 1, shift: -0.7 },
  { composition: parseFormula('Li6PS5Cl'), probability: 1, weight: 0.3, slope: 2, shift: 1.3 },
  { composition: parseFormula('Li3PO4'), probability: 0.05, weight: 0.2, slope: 1, shift: 0 },
];
const random = createRandom(3);
const initial = initialWeights(features, SIZE, 2);
/** All weights away from 0, biases too. */
const weights: Weights = mapWeights((name) => initial[name].map((value) => value + 0.1 * randomNormal(random)));
const shapes = weightShapes(features, SIZE);

/** The examples as inputs of the training graph; unused slots hold row 0 with fraction 0. */
function batchInputs(): Record<string, TensorData> {
  const elements = new BigInt64Array(BATCH * ARITY);
  const fractions = new Float32Array(BATCH * ARITY);
  const systems = new Float32Array(BATCH * contextCount(features));
  EXAMPLES.forEach(({ composition: { atomicNumbers, amounts } }, i) => {
    const rows = atomicNumbers.map((z) => features.rowByAtomicNumber[z]);
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    rows.forEach((row, e) => {
      elements[i * ARITY + e] = BigInt(row);
      fractions[i * ARITY + e] = amounts[e] / total;
    });
    writeContext(features, rows, systems, i * contextCount(features));
  });
  const column = (values: number[]): TensorData => ({ data: Float32Array.from(values), shape: [BATCH, 1] });
  return {
    elements: { data: elements, shape: [BATCH * ARITY] },
    fractions: { data: fractions, shape: [BATCH * ARITY, 1] },
    systems: { data: systems, shape: [BATCH, contextCount(features)] },
    target: column(EXAMPLES.map(({ probability }) => probability)),
    slope: column(EXAMPLES.map(({ slope }) => slope)),
    shift: column(EXAMPLES.map(({ shift }) => shift)),
    weight: column(EXAMPLES.map(({ weight }) => weight)),
  };
}

/** The loss whose derivative `Example` gives, by the reference forward pass, in double precision. */
function loss(at: Weights): number {
  return EXAMPLES.reduce((sum, { composition, probability, weight, slope, shift }) => {
    const logit = forward(features, at, composition);
    return sum + weight * (slope * Math.log1p(Math.exp(logit - shift)) - probability * logit);
  }, 0);
}

type Moments = Readonly<Record<WeightName, Float32Array>>;
const zeros: Moments = mapWeights((name) => new Float32Array(weights[name].length));
const STEP = { rate: 0.01, decay: 0.001, correction1: 1 - 0.9 ** 3, correction2: 1 - 0.999 ** 3 };

let session: Session;
beforeAll(async () => {
  session = await openSession(buildTrainingGraph(features, SIZE, { batch: BATCH, arity: ARITY }));
  return () => session.release();
});

async function step(momentum: Moments, variance: Moments): Promise<Record<string, Float32Array>> {
  const state = WEIGHT_NAMES.flatMap((name) => [
    [name, { data: weights[name], shape: shapes[name] }] as const,
    [`${name}.m`, { data: momentum[name], shape: shapes[name] }] as const,
    [`${name}.v`, { data: variance[name], shape: shapes[name] }] as const,
  ]);
  const scalars = Object.entries(STEP).map(([name, x]) => [name, { data: Float32Array.of(x), shape: [] }] as const);
  const outputs = await session.run({ ...Object.fromEntries([...state, ...scalars]), ...batchInputs() });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
}

describe('training step', () => {
  it('has the gradients that central differences of the reference forward pass give, for every weight', async () => {
    const outputs = await step(zeros, zeros);
    for (const name of WEIGHT_NAMES) {
      const gradient = outputs[`${name}.m.next`].map((m) => m / 0.1); // from zero, m = (1 − β1) · gradient
      expect(gradient.some((g) => Math.abs(g) > 1e-4)).toBe(true);
      for (let i = 0; i < gradient.length; i++) {
        const [above, below] = [1, -1].map((sign) => {
          const moved = weights[name].slice();
          moved[i] += sign * 2 ** -11;
          return { x: moved[i], loss: loss({ ...weights, [name]: moved }) };
        });
        const numeric = (above.loss - below.loss) / (above.x - below.x);
        expect(Math.abs(gradient[i] - numeric)).toBeLessThan(2e-4 + 1e-3 * Math.abs(numeric));
      }
    }
  });

  it('is AdamW with decay on all but biases, as computed in double precision', async () => {
    const momentum = mapWeights((name) => weights[name].map(() => 0.1 * randomNormal(random)));
    const variance = mapWeights((name) => weights[name].map(() => 0.01 * random()));
    const gradients = await step(zeros, zeros);
    const outputs = await step(momentum, variance);
    for (const name of WEIGHT_NAMES) {
      const gradient = gradients[`${name}.m.next`].map((m) => m / 0.1);
      weights[name].forEach((weight, i) => {
        const m = 0.9 * momentum[name][i] + 0.1 * gradient[i];
        const v = 0.999 * variance[name][i] + 0.001 * gradient[i] ** 2;
        const direction = m / STEP.correction1 / (Math.sqrt(v / STEP.correction2) + 1e-8);
        const decay = name.endsWith('Bias') ? 0 : STEP.decay * weight;
        expect(outputs[`${name}.m.next`][i]).toBeCloseTo(m, 6);
        expect(outputs[`${name}.v.next`][i]).toBeCloseTo(v, 6);
        expect(outputs[`${name}.next`][i]).toBeCloseTo(weight - STEP.rate * direction - decay, 5);
      });
    }
  });

  it('is the same graph for the same sizes', () => {
    const build = (): Uint8Array => buildTrainingGraph(features, SIZE, { batch: BATCH, arity: ARITY });
    expect(build()).toEqual(build());
  });
});
