import { sha256 } from '../shared/hash.ts';
import { sealJson } from '../shared/io/store/sealed-json.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { compress, formatLabels, formatQuarantine } from '../shared/labels/labels-file.ts';
import { checkQuarantine, collectShards, countUnusable, mergeLabels } from '../shared/retraining/collect.ts';
import { encodeItems, loadJob, loadTeacher } from '../shared/retraining/job.ts';
import { jobKey } from '../shared/retraining/job-keys.ts';
import { type CollectedRecord, listTrainings, makeTrainingSet } from '../shared/retraining/training-job.ts';
import { fields, text } from '../shared/shape.ts';
import { parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

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

const EVENT = fields({ jobId: text });

/**
 * Parse, collect, store, acknowledge. What is quarantined is stored even if it is too much, for its owner to read.
 * Equal shards give equal labels, so retries are safe.
 */
export function createCollectHandler(load: () => Promise<CollectRuntime>): (event: unknown) => Promise<CollectReceipt> {
  const runtime = once(load);
  return async (event) => {
    const { jobId } = parseEvent(EVENT, event, 'collect-labels');
    const { store, maxQuarantineShare } = await runtime();
    const job = await loadJob(store, jobId);
    const collected = await collectShards(store, job);
    await store.put(jobKey(jobId, 'quarantine.csv'), Buffer.from(formatQuarantine(collected.skipped)));
    checkQuarantine(collected, job, maxQuarantineShare);
    const { teacher } = await loadTeacher(store, job);
    const labels = await mergeLabels(store, job, teacher, collected.labels);
    const text = formatLabels(labels);
    await makeTrainingSet(store, job, text); // refuses what cannot be trained on, before anything is
    const quarantined = countUnusable(collected.skipped);
    const record: CollectedRecord = {
      labelsHash: sha256(text),
      structures: labels.length,
      added: collected.labels.length,
      quarantined,
      withoutScore: collected.skipped.length - quarantined,
    };
    const trainings = listTrainings(job);
    const trainingList = jobKey(jobId, 'trainings.json');
    await store.put(jobKey(jobId, 'labels.csv.gz'), compress(text));
    await store.put(trainingList, encodeItems(trainings));
    await store.put(jobKey(jobId, 'collected.json'), sealJson(record));
    const { labelsHash: _, ...counts } = record;
    return { jobId, ...counts, trainings: trainings.length, trainingList };
  };
}

async function loadCloud(): Promise<CollectRuntime> {
  const { store, environment } = await cloudRuntime();
  return { store, maxQuarantineShare: environment.number('MAX_QUARANTINE_SHARE') };
}

export const handler = observed('collect-labels', createCollectHandler(loadCloud), ({ structures, quarantined }) => ({
  CollectedStructures: structures,
  QuarantinedStructures: quarantined,
}));
