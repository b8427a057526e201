import { createSplitHandler } from '../functions/split-dataset.ts';
import type { SplitRuntime } from '../shared/retraining/split-dataset.ts';
import { parseDistillSettings } from '../shared/student/distill-options.ts';
import { observed } from './observe.ts';
import { cloudRuntime } from './runtime.ts';

async function loadCloud(): Promise<SplitRuntime> {
  const { store, environment } = await cloudRuntime();
  const distill = parseDistillSettings(environment.text('DISTILL_SETTINGS'), 'DISTILL_SETTINGS');
  return { store, settings: { seed: 1, distill } };
}

export const handler = observed('split-dataset', createSplitHandler(loadCloud), ({ shards, ignored }) => ({
  Shards: shards,
  IgnoredFiles: ignored,
}));
