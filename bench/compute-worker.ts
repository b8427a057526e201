import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { GraphBuilder } from '../shared/onnx/graph.ts';
import { openSession } from '../shared/onnx/session.ts';
import { createRandom } from '../shared/random.ts';
import { openKernel } from './kernel-pass.ts';

/** What a thread computes again and again. */
export type ComputeJob =
  | { readonly kind: 'kernel'; readonly space: string; readonly student: string; readonly seed: number }
  | { readonly kind: 'product'; readonly size: number }; // of float32 matrices (size, size)

/** What a pass has done, by name: amounts of work, and seconds that they took. */
export type Pass = Readonly<Record<string, number>>;

/** What a thread answers: an empty pass when it is ready, then one for every message. */
export type ComputeAnswer = { readonly pass: Pass } | { readonly failure: string };

const PRODUCTS = 4; // of a pass

/** Multiply large matrices: the most that ONNX Runtime gets out of a core. */
async function openProduct(size: number): Promise<() => Promise<Pass>> {
  const random = createRandom(1);
  const matrix = (): Float32Array => Float32Array.from({ length: size * size }, () => random() - 0.5);
  const graph = new GraphBuilder();
  const product = graph.node('MatMul', [
    graph.input('a', 'float', [size, size]),
    graph.constant([size, size], matrix()),
  ]);
  graph.output('b', product, [size, size]);
  const session = await openSession(graph.encode('product'));
  const shape = [size, size];
  const inputs = { a: { data: matrix(), shape } };
  const results = { b: { data: new Float32Array(size * size), shape } };
  return async () => {
    const begin = performance.now();
    for (let i = 0; i < PRODUCTS; i++) await session.run(inputs, results);
    return { flop: PRODUCTS * 2 * size ** 3, seconds: (performance.now() - begin) / 1000 };
  };
}

async function openJob(job: ComputeJob): Promise<() => Promise<Pass>> {
  if (job.kind === 'product') return openProduct(job.size);
  return openKernel(job.space, await readFile(job.student), job.student, job.seed);
}

const port = parentPort;
if (port === null) throw new Error('compute-worker runs in a worker thread only');
const answer = (pass: Promise<Pass>): Promise<void> =>
  pass.then(
    (done) => port.postMessage({ pass: done } satisfies ComputeAnswer),
    ({ message }: Error) => port.postMessage({ failure: message } satisfies ComputeAnswer),
  );
const compute = openJob(workerData as ComputeJob);
port.on('message', (message: 'pass' | 'end') => {
  if (message === 'end') port.close();
  else void answer(compute.then((pass) => pass()));
});
void answer(compute.then(() => ({})));
