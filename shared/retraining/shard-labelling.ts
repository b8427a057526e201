import { InputError } from '../errors.ts';
import type { ConditionalStore } from '../io/store/store.ts';
import { formatLabels, formatQuarantine } from '../labels/labels-file.ts';
import { once, onceOf } from '../once.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { countUnusable } from './collect.ts';
import { loadJob, loadTeacher, type RetrainingJob } from './job.ts';
import { checkKeyBelow, datasetPrefix, shardLabelsKey, shardSkippedKey } from './job-keys.ts';
import { labelShard } from './label-shard.ts';
import type { Shard, ShardFile } from './shards.ts';

/** What labelling a shard needs. */
export interface LabelRuntime {
  readonly store: ConditionalStore;
}

/** What became of a shard. */
export interface LabelReceipt {
  readonly jobId: string;
  readonly shard: number;
  readonly labelled: number;
  readonly quarantined: number; // structures that are not usable
  readonly withoutScore: number; // usable, but without a label
}

interface LabellingJob {
  readonly job: RetrainingJob;
  readonly teacher: Teacher;
}

/**
 * Labels shards of jobs and stores what came of them. A shard always gives the same files, so retries are safe.
 *
 * @param load called once; the job that was opened last stays open from one shard to the next
 */
export function shardLabelling(load: () => Promise<LabelRuntime>): (shard: Shard) => Promise<LabelReceipt> {
  const runtime = once(load);
  const open = onceOf(async (jobId) => openLabelling((await runtime()).store, jobId));
  return async ({ jobId, shard, files }) => {
    const { store } = await runtime();
    const { job, teacher } = await open(jobId);
    const dataset = checkShard(job, shard, files);
    const { labels, skipped } = await labelShard(store, dataset, files, teacher);
    await store.put(shardSkippedKey(jobId, shard), Buffer.from(formatQuarantine(skipped)));
    await store.put(shardLabelsKey(jobId, shard), Buffer.from(formatLabels(labels)));
    const quarantined = countUnusable(skipped);
    return { jobId, shard, labelled: labels.length, quarantined, withoutScore: skipped.length - quarantined };
  };
}

async function openLabelling(store: ConditionalStore, jobId: string): Promise<LabellingJob> {
  const job = await loadJob(store, jobId);
  return { job, teacher: (await loadTeacher(store, job)).teacher };
}

/** The dataset that a shard belongs to, and nothing outside of it is read. */
function checkShard(job: RetrainingJob, shard: number, files: readonly ShardFile[]): string {
  const place = { file: 'event of label-shard' };
  if (job.dataset === null || shard >= job.shards)
    throw new InputError(
      `job ${job.jobId} has ${job.shards} shards`,
      { ...place, column: 'shard' },
      'Give one of them.',
    );
  for (const { key } of files) checkKeyBelow(datasetPrefix(job.dataset), key, { ...place, column: 'files.key' });
  return job.dataset;
}
