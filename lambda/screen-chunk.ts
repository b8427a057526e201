import { createScreenHandler } from '../functions/screen-chunk.ts';
import { storeInputs } from '../shared/io/store/inputs.ts';
import type { ScreenRuntime } from '../shared/runs/chunk-screening.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<ScreenRuntime> {
  const { store, vcpus } = await cloudRuntime();
  return { store, inputs: storeInputs(store), threads: vcpus, onScreened: () => undefined };
}

export const handler = observed('screen-chunk', createScreenHandler(loadCloud), ({ compositions, reused }) => ({
  Chunks: 1,
  Compositions: reused ? 0 : compositions,
}));

export { createScreenHandler }; // bench/stage/cold-start.ts calls the bundle over a folder
