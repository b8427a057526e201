import { loadRuntime } from './runtime.ts';

/** A tensor as plain data: float32 or int64, row-major. */
export interface TensorData {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** A loaded ONNX model. One per thread: ONNX Runtime computes on the thread that calls it. */
export interface Session {
  /**
   * Run the model.
   *
   * @param inputs by name
   * @param results buffers, by name, that outputs of known shape are written into; others are allocated
   * @returns outputs by name
   */
  run(
    inputs: Readonly<Record<string, TensorData>>,
    results?: Readonly<Record<string, TensorData>>,
  ): Promise<Record<string, TensorData>>;
  release(): Promise<void>;
}

/** Load a model for the CPU. Results are the same for equal inputs, shapes, threads and processor architecture. */
export async function openSession(bytes: Uint8Array, threads = 1): Promise<Session> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const toTensor = ({ data, shape }: TensorData) =>
    data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableMemPattern: false, // a pattern is kept for every shape ever met, and systems times amounts have thousands
    logSeverityLevel: 4, // its errors are thrown as well
  });
  return {
    async run(inputs, results) {
      const feeds = mapValues(inputs, toTensor);
      const outputs = results ? await session.run(feeds, mapValues(results, toTensor)) : await session.run(feeds);
      return mapValues(outputs, ({ data, dims }) => ({ data: data as Float32Array, shape: dims }));
    },
    release: () => session.release(),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
