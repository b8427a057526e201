import type { ConditionalStore } from '../io/store/store.ts';
import { encodeItems, jobIdOf, loadJobInputs, type RetrainingSettings, storeJob } from './job.ts';
import { datasetPrefix, jobKey } from './job-keys.ts';
import { cutIntoShards, nothingToRead, sortDataset, withoutMarker } from './shards.ts';

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

/**
 * Cut a dataset into shards and store the job. What is to be done names the job, so retries are safe.
 *
 * @param dataset null to train on the base labels alone
 */
export async function splitDataset({ store, settings }: SplitRuntime, dataset: string | null): Promise<SplitReceipt> {
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
}
