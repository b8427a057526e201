import { sha256 } from '../hash.ts';
import { sealJson } from '../io/store/sealed-json.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { compress, formatLabels, formatQuarantine } from '../labels/labels-file.ts';
import { checkQuarantine, collectShards, countUnusable, mergeLabels } from './collect.ts';
import { encodeItems, loadJob, loadTeacher } from './job.ts';
import { jobKey } from './job-keys.ts';
import { type CollectedRecord, listTrainings, makeTrainingSet } from './training-job.ts';

/** What collecting labels needs. */
export interface CollectRuntime {
  readonly store: ConditionalStore;
  readonly maxQuarantineShare: number; // of a dataset's structures that may be unusable, 0 to 1
}

/** What the students will learn from. */
export interface CollectReceipt extends Omit<CollectedRecord, 'labelsHash'> {
  readonly jobId: string;
  readonly trainings: number;
  readonly trainingList: string; // key of trainings.json
}

/**
 * Collect the labels of a job and list its trainings. What is quarantined is stored even if it is too much, for its owner
 * to read. Equal shards give equal labels, so retries are safe.
 */
export async function collectLabels(
  { store, maxQuarantineShare }: CollectRuntime,
  jobId: string,
): Promise<CollectReceipt> {
  const job = await loadJob(store, jobId);
  const collected = await collectShards(store, job);
  await store.put(jobKey(jobId, 'quarantine.csv'), Buffer.from(formatQuarantine(collected.skipped)));
  checkQuarantine(collected, job, maxQuarantineShare);
  const { teacher } = await loadTeacher(store, job);
  const labels = await mergeLabels(store, job, teacher, collected.labels);
  const text = formatLabels(labels);
  await makeTrainingSet(store, job, text); // refuses what cannot be trained on, before anything is
  const quarantined = countUnusable(collected.skipped);
  const counts = {
    structures: labels.length,
    added: collected.labels.length,
    quarantined,
    withoutScore: collected.skipped.length - quarantined,
  };
  const record: CollectedRecord = { labelsHash: sha256(text), ...counts };
  const trainings = listTrainings(job);
  const trainingList = jobKey(jobId, 'trainings.json');
  await store.put(jobKey(jobId, 'labels.csv.gz'), compress(text));
  await store.put(trainingList, encodeItems(trainings));
  await store.put(jobKey(jobId, 'collected.json'), sealJson(record));
  return { jobId, ...counts, trainings: trainings.length, trainingList };
}
