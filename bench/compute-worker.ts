import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { GraphBuilder } from '../shared/onnx/graph.ts';
import { openSession } from '../shared/onnx/session.ts';
import { createRandom } from '../shared/random.ts';
import type { Pass, Passes } from './kernel-pass.ts';
import { openKernel } from './kernel-pass.ts';

/** What a thread computes again and again. */
export type ComputeJob =
  | { readonly kind: 'kernel'; readonly space: string; readonly student: string; readonly seed: number }
  | { readonly kind: 'product'; readonly size: number }; // of float32 matrices (size, size)

/** The name of a pass, or the end of the work. */
export type ComputeMessage = { readonly pass: string } | 'end';

/** What a thread answers: nothing but that it is ready, then one pass for every message. */
export type ComputeAnswer = { readonly done?: Pass } | { readonly failure: string };

const PRODUCTS = 4; // of a pass

/** Multiply large matrices: the most that ONNX Runtime gets out of a core. */
async function openProduct(size: number): Promise<Passes> {
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
  return {
    product: async () => {
      for (let i = 0; i < PRODUCTS; i++) await session.run(inputs, results);
      return { flop: PRODUCTS * 2 * size ** 3, compositions: 0 };
    },
  };
}

async function openJob(job: ComputeJob): Promise<Passes> {
  if (job.kind === 'product') return openProduct(job.size);
  return openKernel(job.space, await readFile(job.student), job.student, job.seed);
}

async function timed(pass: () => Promise<Omit<Pass, 'seconds'>>): Promise<ComputeAnswer> {
  const begin = performance.now();
  const work = await pass();
  return { done: { ...work, seconds: (performance.now() - begin) / 1000 } };
}

const port = parentPort;
if (port === null) throw new Error('compute-worker runs in a worker thread only');
const answer = (work: Promise<ComputeAnswer>): Promise<void> =>
  work.then(
    (done) => port.postMessage(done),
    ({ message: failure }: Error) => port.postMessage({ failure } satisfies ComputeAnswer),
  );
const passes = openJob(workerData as ComputeJob);
port.on('message', (message: ComputeMessage) => {
  if (message === 'end') port.close();
  else void answer(passes.then((all) => timed(all[message.pass])));
});
void answer(passes.then(() => ({})));
