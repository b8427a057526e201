import { storeInputs } from '../shared/io/store/inputs.ts';
import {
  chunkScreening,
  type ScreenEvent,
  type ScreenReceipt,
  type ScreenRuntime,
} from '../shared/runs/chunk-screening.ts';
import { readEvent } from './events.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

/** Parse, screen, store, acknowledge; see `chunkScreening`. */
export function createScreenHandler(load: () => Promise<ScreenRuntime>): (event: unknown) => Promise<ScreenReceipt> {
  const screen = chunkScreening(load);
  return async (event) => screen(parseScreenEvent(event));
}

function parseScreenEvent(event: unknown): ScreenEvent {
  const fields = readEvent(event, 'screen-chunk');
  return {
    runId: fields.text('runId'),
    chunk: fields.integer('chunk', 0),
    start: fields.integer('start', 0),
    end: fields.integer('end', 1),
  };
}

async function loadCloud(): Promise<ScreenRuntime> {
  const { store, vcpus } = await cloudRuntime();
  return { store, inputs: storeInputs(store), threads: vcpus, onScreened: () => undefined };
}

export const handler = observed('screen-chunk', createScreenHandler(loadCloud), ({ compositions, reused }) => ({
  Chunks: 1,
  Compositions: reused ? 0 : compositions,
}));
