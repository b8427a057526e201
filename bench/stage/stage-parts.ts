import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from '../../cdk/artifacts/bundles.ts';
import { packagePath } from '../../local/shipped/package-root.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import type { PlanReceipt } from '../../shared/planning/plan-run.ts';
import { loadPlan } from '../../shared/runs/run-store.ts';
import { runMeasured } from '../measured-process.ts';
import type { OpenPart, Part } from '../part.ts';
import type { ColdStart } from './cold-start.ts';
import { planEvent, runStage } from './run-stage.ts';

const COLD_START = fileURLToPath(new URL('./cold-start.js', import.meta.url));

/** A function's first invocation: the bundle that is deployed, in a fresh process, with its first chunk. */
export const coldStart: Part = {
  name: 'cold-start',
  title: 'the bundle of screen-chunk in a fresh process, with a chunk of one batch',
  warmUp: true, // the first one finds the files not yet in memory
  async open(context): Promise<OpenPart> {
    const bundles = packagePath(`dist/bench-${process.pid}`); // below the packages that the layer has in the cloud
    await buildBundles(packagePath('.'), bundles);
    const directory = join(context.scratch, 'cold-start');
    const event = { ...planEvent(context, packagePath('data/spaces/small.json')), chunks: 1000 };
    const { runId } = (await runStage<PlanReceipt>('plan', directory, event)).receipt;
    const stored = await loadPlan(new DirectoryStore(directory), runId);
    const events = stored?.plan.chunks.slice(0, 2).map((range) => ({ runId, ...range }));
    const bundle = join(bundles, 'screen-chunk', 'index.mjs');
    return {
      figures: {
        begun: { title: 'the process begins', unit: 's' },
        loaded: { title: 'the bundle is loaded', unit: 's' },
        first: {
          title: 'first chunk: plan read, ONNX Runtime loaded, session opened, batch scored, result stored',
          unit: 's',
        },
        total: { title: 'all of these', unit: 's' },
        next: { title: 'a further chunk of the same run', unit: 's' },
      },
      async round() {
        const { stdout } = await runMeasured(COLD_START, [bundle, directory, JSON.stringify(events)]);
        const { begun, loaded, first, next } = JSON.parse(stdout) as ColdStart;
        await rm(join(directory, 'runs', runId, 'chunks'), { recursive: true });
        return { begun, loaded, first, total: begun + loaded + first, next };
      },
      close: () => rm(bundles, { recursive: true }),
    };
  },
};

const PLANNED = 'data/spaces/trillion.json';

/** The plan of the largest space that is shipped. */
export const planning: Part = {
  name: 'planning',
  title: `planning of ${PLANNED}, without bounds`,
  warmUp: false,
  mostRounds: 1,
  async open(context): Promise<OpenPart> {
    const directory = join(context.scratch, 'planning');
    return {
      figures: {
        seconds: { title: 'whole process', unit: 's' },
        cpuSeconds: { title: 'processor time', unit: 's' },
        peakMB: { title: 'peak memory', unit: 'MB' },
      },
      async round() {
        const event = planEvent(context, packagePath(PLANNED));
        const { seconds, cpuSeconds, peakMB } = await runStage<PlanReceipt>('plan', directory, event);
        await rm(directory, { recursive: true });
        return { seconds, cpuSeconds, peakMB };
      },
      close: async () => undefined,
    };
  },
};
