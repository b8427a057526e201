import type { Composition } from '../chemistry/formula.ts';
import { openSession, type Session, type TensorData } from '../onnx/session.ts';
import { createRandom, shuffle } from '../random.ts';
import type { ElementFeatures } from './element-features.ts';
import {
  contextCount,
  initialWeights,
  mapWeights,
  type NetworkSize,
  WEIGHT_NAMES,
  type WeightName,
  type Weights,
  weightShapes,
  writeContext,
} from './network.ts';
import { BETA1, BETA2, buildTrainingGraph } from './training-graph.ts';

/**
 * One composition that the student learns from, by a loss whose derivative by the logit z is
 * slope · sigmoid(z − shift) − probability. Cross-entropy with a soft label has slope 1 and shift 0; `measured-likelihood.ts` has others.
 */
export interface Example {
  readonly composition: Composition;
  readonly probability: number; // target, 0 to 1
  readonly weight: number; // relative weight in the loss, > 0
  readonly slope?: number; // 1 if not given
  readonly shift?: number; // logit; 0 if not given
}

export interface TrainingOptions {
  readonly size: NetworkSize;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number; // examples per step
  readonly learningRate: number; // at the start; falls to 0 along a half cosine
  readonly weightDecay: number;
  readonly averageFrom: number; // share of the steps after which weights are averaged
}

/** Where a training stands: {@link StudentTraining.open} goes on from it. */
export interface TrainingState {
  readonly step: number; // steps done
  readonly averaged: number; // steps whose weights are in the sums
  readonly arrays: Readonly<Record<string, Float32Array | Float64Array>>; // weights and moments by name, and `<name>.sum`
}

/**
 * The training of a student on weighted soft labels, step by step. The steps run in ONNX Runtime on the calling thread.
 * A training that is stopped and resumed ends with the very weights of one that is not.
 */
export class StudentTraining {
  private readonly session: Session;
  private readonly batches: BatchSource;
  private readonly average: RunningAverage;
  private readonly options: TrainingOptions;
  private current: State;
  private taken: number;

  private constructor(
    session: Session,
    features: ElementFeatures,
    examples: EncodedExamples,
    options: TrainingOptions,
    from: TrainingState | undefined,
  ) {
    this.session = session;
    this.options = options;
    this.taken = from?.step ?? 0;
    this.batches = new BatchSource(examples, options, this.taken);
    this.average = new RunningAverage(features, options.size, from);
    this.current = initialState(features, options, from);
  }

  /** @param from where an earlier training on the same examples with the same options stood */
  static async open(
    features: ElementFeatures,
    examples: readonly Example[],
    options: TrainingOptions,
    from?: TrainingState,
  ): Promise<StudentTraining> {
    const arity = examples.reduce((most, { composition }) => Math.max(most, composition.atomicNumbers.length), 1);
    const session = await openSession(buildTrainingGraph(features, options.size, { batch: options.batch, arity }));
    return new StudentTraining(session, features, encodeExamples(features, examples, arity), options, from);
  }

  get done(): boolean {
    return this.taken >= this.options.steps;
  }

  async step(): Promise<void> {
    this.current = await trainStep(this.session, this.current, this.batches.next(), this.taken, this.options);
    if (this.taken >= this.options.averageFrom * this.options.steps) this.average.add(this.current);
    this.taken++;
  }

  state(): TrainingState {
    const { count, sums } = this.average;
    const weights = Object.entries(this.current).map(([name, { data }]) => [name, data as Float32Array] as const);
    const averages = Object.entries(sums).map(([name, sum]) => [`${name}.sum`, sum.slice()] as const);
    return { step: this.taken, averaged: count, arrays: Object.fromEntries([...weights, ...averages]) };
  }

  /** The weights, averaged over the last part of training. */
  weights(): Weights {
    return this.average.weights();
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

type State = Readonly<Record<string, TensorData>>;

/** Weights and their two moments: those of an earlier training, or initial ones. */
function initialState(
  features: ElementFeatures,
  { size, seed }: TrainingOptions,
  from: TrainingState | undefined,
): State {
  const shapes = weightShapes(features, size);
  const weights = initialWeights(features, size, seed);
  const moment = (name: WeightName): Float32Array => new Float32Array(weights[name].length);
  return Object.fromEntries(
    WEIGHT_NAMES.flatMap((name) =>
      [[name, weights[name]] as const, [`${name}.m`, moment(name)] as const, [`${name}.v`, moment(name)] as const].map(
        ([key, initial]) => [key, { data: (from?.arrays[key] ?? initial) as Float32Array, shape: shapes[name] }],
      ),
    ),
  );
}

async function trainStep(
  session: Session,
  state: State,
  batch: State,
  step: number,
  options: TrainingOptions,
): Promise<State> {
  const rate = 0.5 * options.learningRate * (1 + Math.cos((Math.PI * step) / options.steps));
  const outputs = await session.run({
    ...state,
    ...batch,
    rate: scalar(rate),
    decay: scalar(rate * options.weightDecay),
    correction1: scalar(1 - BETA1 ** (step + 1)),
    correction2: scalar(1 - BETA2 ** (step + 1)),
  });
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name.slice(0, -'.next'.length), value]));
}

function scalar(value: number): TensorData {
  return { data: Float32Array.of(value), shape: [] };
}

/** Examples as the columns of the training graph's inputs, one row each. */
interface EncodedExamples {
  readonly count: number;
  readonly arity: number;
  readonly contexts: number; // context values per example
  readonly elements: Int32Array; // shape (count, arity), table rows; unused slots repeat row 0
  readonly fractions: Float32Array; // shape (count, arity), unused slots 0
  readonly context: Float32Array; // shape (count, contexts)
  readonly target: Float32Array; // shape (count,)
  readonly slope: Float32Array; // shape (count,)
  readonly shift: Float32Array; // shape (count,)
  readonly weight: Float32Array; // shape (count,)
}

function encodeExamples(features: ElementFeatures, examples: readonly Example[], arity: number): EncodedExamples {
  const count = examples.length;
  const contexts = contextCount(features);
  const encoded = {
    count,
    arity,
    contexts,
    elements: new Int32Array(count * arity),
    fractions: new Float32Array(count * arity),
    context: new Float32Array(count * contexts),
    target: Float32Array.from(examples, ({ probability }) => probability),
    slope: Float32Array.from(examples, ({ slope = 1 }) => slope),
    shift: Float32Array.from(examples, ({ shift = 0 }) => shift),
    weight: Float32Array.from(examples, ({ weight }) => weight),
  };
  examples.forEach(({ composition: { atomicNumbers, amounts } }, i) => {
    const rows = atomicNumbers.map((z) => features.rowByAtomicNumber[z]);
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    encoded.elements.set(rows, i * arity);
    encoded.fractions.set(
      amounts.map((amount) => amount / total),
      i * arity,
    );
    writeContext(features, rows, encoded.context, i * contexts);
  });
  return encoded;
}

/** Endless shuffled batches; the same tensors are filled again each time. */
class BatchSource {
  private readonly examples: EncodedExamples;
  private readonly batch: number;
  private readonly order: Uint32Array;
  private readonly random: ReturnType<typeof createRandom>;
  private position: number;

  /** @param drawn batches that were drawn before */
  constructor(examples: EncodedExamples, { batch, seed }: TrainingOptions, drawn: number) {
    const { count } = examples;
    this.examples = examples;
    this.batch = batch;
    this.order = Uint32Array.from({ length: count }, (_, i) => i);
    this.random = createRandom(seed + 1);
    const shuffles = Math.ceil((drawn * batch) / count);
    for (let i = 0; i < shuffles; i++) shuffle(this.order, this.random);
    this.position = drawn * batch - (shuffles - 1) * count;
  }

  next(): State {
    const { arity, contexts, elements, fractions, context, target, slope, shift, weight } = this.examples;
    const size = this.batch;
    const batch = {
      elements: new BigInt64Array(size * arity),
      fractions: new Float32Array(size * arity),
      context: new Float32Array(size * contexts),
      target: new Float32Array(size),
      slope: new Float32Array(size),
      shift: new Float32Array(size),
      weight: new Float32Array(size),
    };
    let total = 0;
    for (let row = 0; row < size; row++) {
      const i = this.draw();
      for (let e = 0; e < arity; e++) batch.elements[row * arity + e] = BigInt(elements[i * arity + e]);
      batch.fractions.set(fractions.subarray(i * arity, (i + 1) * arity), row * arity);
      batch.context.set(context.subarray(i * contexts, (i + 1) * contexts), row * contexts);
      batch.target[row] = target[i];
      batch.slope[row] = slope[i];
      batch.shift[row] = shift[i];
      batch.weight[row] = weight[i];
      total += weight[i];
    }
    for (let row = 0; row < size; row++) batch.weight[row] /= total;
    return {
      elements: { data: batch.elements, shape: [size * arity] },
      fractions: { data: batch.fractions, shape: [size * arity, 1] },
      systems: { data: batch.context, shape: [size, contexts] },
      target: { data: batch.target, shape: [size, 1] },
      slope: { data: batch.slope, shape: [size, 1] },
      shift: { data: batch.shift, shape: [size, 1] },
      weight: { data: batch.weight, shape: [size, 1] },
    };
  }

  private draw(): number {
    if (this.position === this.order.length) {
      shuffle(this.order, this.random);
      this.position = 0;
    }
    return this.order[this.position++];
  }
}

/** Mean of the weights over steps (Izmailov et al. 2018, arXiv:1803.05407): flatter minima, better held-out scores. */
class RunningAverage {
  readonly sums: Readonly<Record<string, Float64Array>>;
  count: number;

  constructor(features: ElementFeatures, size: NetworkSize, from: TrainingState | undefined) {
    const shapes = weightShapes(features, size);
    this.sums = mapWeights((name) =>
      Float64Array.from(from?.arrays[`${name}.sum`] ?? new Float64Array(shapes[name][0] * shapes[name][1])),
    );
    this.count = from?.averaged ?? 0;
  }

  add(state: State): void {
    this.count++;
    for (const name of WEIGHT_NAMES) {
      const sum = this.sums[name];
      const data = state[name].data as Float32Array;
      for (let i = 0; i < sum.length; i++) sum[i] += data[i];
    }
  }

  weights(): Weights {
    return mapWeights((name) => Float32Array.from(this.sums[name], (sum) => sum / this.count));
  }
}
