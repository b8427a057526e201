import { InputError } from '../shared/errors.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { formatLabels, formatQuarantine } from '../shared/labels/labels-file.ts';
import { countUnusable } from '../shared/retraining/collect.ts';
import { loadJob, loadTeacher, type RetrainingJob } from '../shared/retraining/job.ts';
import { checkKeyBelow, datasetPrefix, shardLabelsKey, shardSkippedKey } from '../shared/retraining/job-keys.ts';
import { labelShard } from '../shared/retraining/label-shard.ts';
import type { Shard, ShardFile } from '../shared/retraining/shards.ts';
import { fields, integer, listOf, type Shape, text } from '../shared/shape.ts';
import type { Teacher } from '../shared/teacher/teacher.ts';
import { maybe, parseEvent } from './events.ts';
import { observed } from './observe.ts';
import { once } from './once.ts';
import { cloudRuntime } from './runtime.ts';

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

interface OpenJob {
  readonly job: RetrainingJob;
  readonly teacher: Teacher;
}

/** Parse, label, store, acknowledge. A shard always gives the same files, so retries are safe. */
export function createLabelHandler(load: () => Promise<LabelRuntime>): (event: unknown) => Promise<LabelReceipt> {
  const runtime = once(load);
  let open: { readonly jobId: string; readonly get: () => Promise<OpenJob> } | undefined; // outlives one invocation
  return async (event) => {
    const { jobId, shard, files } = parseEvent(EVENT, event, 'label-shard');
    const { store } = await runtime();
    if (open?.jobId !== jobId) open = { jobId, get: once(() => openJob(store, jobId)) };
    const { job, teacher } = await open.get();
    const dataset = checkShard(job, shard, files);
    const { labels, skipped } = await labelShard(store, dataset, files, teacher);
    await store.put(shardSkippedKey(jobId, shard), Buffer.from(formatQuarantine(skipped)));
    await store.put(shardLabelsKey(jobId, shard), Buffer.from(formatLabels(labels)));
    const quarantined = countUnusable(skipped);
    return { jobId, shard, labelled: labels.length, quarantined, withoutScore: skipped.length - quarantined };
  };
}

async function openJob(store: ConditionalStore, jobId: string): Promise<OpenJob> {
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

const FILE: Shape<ShardFile> = fields({
  key: text,
  size: integer(),
  version: text,
  start: maybe(integer()),
  end: maybe(integer()),
});
const EVENT: Shape<Shard> = fields({ jobId: text, shard: integer(), files: listOf(FILE) });

async function loadCloud(): Promise<LabelRuntime> {
  const { store } = await cloudRuntime();
  return { store };
}

export const handler = observed('label-shard', createLabelHandler(loadCloud), ({ labelled, quarantined }) => ({
  LabelledStructures: labelled,
  QuarantinedStructures: quarantined,
}));
