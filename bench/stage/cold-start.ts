import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { fileInputs } from '../../shared/io/store/inputs.ts';
import type { ScreenEvent, ScreenReceipt, ScreenRuntime } from '../../shared/runs/chunk-screening.ts';

/** Seconds of the steps of a cold start. */
export interface ColdStart {
  readonly begun: number; // until the first line of this script
  readonly loaded: number;
  readonly first: number;
  readonly next: number;
}

type CreateHandler = (load: () => Promise<ScreenRuntime>) => (event: ScreenEvent) => Promise<ScreenReceipt>;

/*
 * Load a bundle of screen-chunk, then screen two chunks; prints how long each took.
 * node dist/bench/stage/cold-start.js <bundle> <directory of the store> <two events as JSON>
 */
const begun = performance.now(); // since the process began
const [bundle, directory, events] = process.argv.slice(2);
const { createScreenHandler } = (await import(bundle)) as { readonly createScreenHandler: CreateHandler };
const loaded = performance.now();
const store = new DirectoryStore(directory);
const handler = createScreenHandler(async () => ({
  store,
  inputs: fileInputs,
  threads: 1,
  onScreened: () => undefined,
}));
const [firstChunk, nextChunk] = JSON.parse(events) as ScreenEvent[];
await handler(firstChunk);
const first = performance.now();
await handler(nextChunk);
const next = performance.now();
const times: ColdStart = { begun, loaded: loaded - begun, first: first - loaded, next: next - first };
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms / 1000]))));
