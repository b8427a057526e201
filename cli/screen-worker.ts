import { parentPort, workerData } from 'node:worker_threads';
import { createHandler, type ScreenEvent, type ScreenReceipt } from '../functions/screen-chunk.ts';
import { DirectoryStore } from '../shared/io/directory-store.ts';
import { fileInputs } from '../shared/io/inputs.ts';

/** What a worker thread is started with. Both arrays are shared between threads. */
export interface WorkerStart {
  readonly directory: string; // of the store
  readonly screened: Float64Array; // compositions screened, one entry a worker, which alone writes it
  readonly slot: number; // this worker's entry
  readonly stop: Int32Array; // shape (1,); not 0 = abandon the chunk
}

/** An event to answer, or the end of the work. */
export type WorkerMessage = ScreenEvent | 'end';

/** What a worker thread answers to an event. An error's class does not survive the passage, its name does. */
export type WorkerAnswer =
  | { readonly receipt: ScreenReceipt }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

const { directory, screened, slot, stop } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error('screen-worker runs in a worker thread only');

const handler = createHandler(async () => ({
  store: new DirectoryStore(directory),
  inputs: fileInputs,
  threads: 1, // there are as many workers as processors
  onScreened: (compositions) => {
    screened[slot] += compositions;
    // a thread that is terminated inside ONNX Runtime takes the process with it, so it stops by itself, between calls
    if (Atomics.load(stop, 0) !== 0) throw new Error('stopped');
  },
}));

port.on('message', (message: WorkerMessage) => {
  if (message === 'end') {
    port.close(); // with nothing left to wait for, the thread ends
    return;
  }
  handler(message).then(
    (receipt) => port.postMessage({ receipt } satisfies WorkerAnswer),
    ({ name, message: problem, stack }: Error) =>
      port.postMessage({ failure: { name, message: problem, stack } } satisfies WorkerAnswer),
  );
});
