import { createPlanHandler } from '../../functions/plan.ts';
import { createReduceHandler } from '../../functions/reduce.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import { LOCAL_CHUNK_SECONDS } from '../../shared/planning/chunk-count.ts';

/*
 * One stage of a run in a process of its own, by the very handler that the cloud has; prints its receipt.
 * node dist/bench/stage/stage.js plan|reduce <directory of the store> <event as JSON>
 */
const [stage, directory, event] = process.argv.slice(2);
const store = new DirectoryStore(directory);
const planRuntime = {
  store,
  inputs: fileInputs,
  chunkSeconds: LOCAL_CHUNK_SECONDS,
  spendingLimit: null,
  claim: async () => undefined,
};
const handlers: Readonly<Record<string, (event: unknown) => Promise<unknown>>> = {
  plan: createPlanHandler(async () => planRuntime),
  reduce: createReduceHandler(async () => ({ store })),
};
const receipt = await handlers[stage](JSON.parse(event));
process.stdout.write(JSON.stringify(receipt));
