import { createReduceHandler, type ReduceRuntime } from '../functions/reduce.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<ReduceRuntime> {
  return { store: (await cloudRuntime()).store };
}

export const handler = observed('reduce', createReduceHandler(loadCloud), ({ ranked }) => ({ Ranked: ranked }));
