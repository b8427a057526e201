import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { encodeItems, jobIdOf, loadJobInputs, type RetrainingSettings, storeJob } from '../shared/retraining/job.ts';
import { checkDatasetName, datasetPrefix, jobKey } from '../shared/retraining/job-keys.ts';
import { cutIntoShards, nothingToRead, sortDataset, withoutMarker } from '../shared/retraining/shards.ts';
import { fields, text } from '../shared/shape.ts';
import { parseDistillSettings } from '../shared/student/distill-options.ts';
import { maybe, parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

/** What splitting a dataset needs. */
export interface SplitRuntime {
  readonly store: ConditionalStore;
  readonly settings: RetrainingSettings; // of the students that are distilled
}

/** What a retraining is to work on. */
export interface SplitReceipt {
  readonly jobId: string;
  readonly kind: 'structures' | 'compositions'; // compositions are not trained on but screened
  readonly shards: number;
  readonly shardList: string; // key of shards.json
  readonly compositions?: string; // the folder of a dataset of compositions, as `plan` takes it
  readonly ignored: number; // files of the dataset that are of another kind
}

/** Parse, split, store, acknowledge. What is to be done names the job, so retries are safe. */
export function createSplitHandler(load: () => Promise<SplitRuntime>): (event: unknown) => Promise<SplitReceipt> {
  const runtime = once(load);
  return async (event) => {
    const dataset = parseDataset(event);
    const { store, settings } = await runtime();
    const objects = dataset === null ? [] : withoutMarker(await store.listDetailed(datasetPrefix(dataset)));
    const inputs = await loadJobInputs(store);
    const jobId = jobIdOf(dataset, objects, inputs, settings);
    const { structures, compositions, others } = sortDataset(dataset, objects);
    const receipt = { jobId, shardList: jobKey(jobId, 'shards.json') };
    if (dataset !== null && structures.length === 0) {
      if (compositions.length === 0) throw nothingToRead(others.length, dataset, store.location);
      const list = datasetPrefix(dataset);
      return { ...receipt, kind: 'compositions', shards: 0, compositions: list, ignored: others.length };
    }
    const shards = await cutIntoShards(store, jobId, structures);
    await store.put(receipt.shardList, encodeItems(shards));
    await storeJob(store, { jobId, dataset, shards: shards.length, settings }, inputs);
    const ignored = compositions.length + others.length;
    return { ...receipt, kind: 'structures', shards: shards.length, ignored };
  };
}

const EVENT = fields({ dataset: maybe(text) });

/** A dataset's name, or null; leaving the field out is no wish. */
function parseDataset(event: unknown): string | null {
  const place = { file: 'event of split-dataset', column: 'dataset' };
  if (typeof event !== 'object' || event === null || !('dataset' in event))
    throw new InputError('there is no dataset', place, 'Name one, or give null to train on the base labels alone.');
  const { dataset: name } = parseEvent(EVENT, event, 'split-dataset');
  return name === undefined ? null : checkDatasetName(name, place);
}

async function loadCloud(): Promise<SplitRuntime> {
  const { store, environment } = await cloudRuntime();
  const distill = parseDistillSettings(environment.text('DISTILL_SETTINGS'), 'DISTILL_SETTINGS');
  return { store, settings: { seed: 1, distill } };
}

export const handler = observed('split-dataset', createSplitHandler(loadCloud), ({ shards, ignored }) => ({
  Shards: shards,
  IgnoredFiles: ignored,
}));
