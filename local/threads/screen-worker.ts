import { workerData } from 'node:worker_threads';
import { createScreenHandler } from '../../functions/screen-chunk.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { answerItems } from './pool.ts';

/** What a worker thread is started with. Both arrays are shared between threads. */
export interface WorkerStart {
  readonly directory: string; // of the store
  readonly screened: Float64Array; // compositions screened, one entry a worker, which alone writes it
  readonly slot: number; // this worker's entry
  readonly stop: Int32Array; // shape (1,); not 0 = abandon the chunk
}

const { directory, screened, slot, stop } = workerData as WorkerStart;

const handler = createScreenHandler(async () => ({
  store: new DirectoryStore(directory),
  inputs: fileInputs,
  threads: 1, // there are as many workers as processors
  onScreened: (compositions) => {
    screened[slot] += compositions;
    // a thread that is terminated inside ONNX Runtime takes the process with it, so it stops by itself, between calls
    if (Atomics.load(stop, 0) !== 0) throw new Error('stopped');
  },
}));

answerItems(handler);
