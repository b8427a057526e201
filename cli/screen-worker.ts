import { parentPort, workerData } from 'node:worker_threads';
import { createHandler, type ScreenEvent, type ScreenReceipt } from '../functions/screen-chunk.ts';
import { DirectoryStore } from '../shared/io/directory-store.ts';

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly directory: string; // of the store
  readonly screened: Float64Array; // shared; compositions screened, one entry a worker, which alone writes it
  readonly slot: number; // this worker's entry
}

/** What a worker thread answers to an event. An error's class does not survive the passage, its name does. */
export type WorkerAnswer =
  | { readonly receipt: ScreenReceipt }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

const { directory, screened, slot } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error('screen-worker runs in a worker thread only');

const handler = createHandler(async () => ({
  store: new DirectoryStore(directory),
  threads: 1, // there are as many workers as processors
  onScreened: (compositions) => {
    screened[slot] += compositions;
  },
}));

port.on('message', (event: ScreenEvent) => {
  handler(event).then(
    (receipt) => port.postMessage({ receipt } satisfies WorkerAnswer),
    ({ name, message, stack }: Error) => port.postMessage({ failure: { name, message, stack } } satisfies WorkerAnswer),
  );
});
