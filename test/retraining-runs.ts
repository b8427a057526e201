import { readFileSync } from 'node:fs';
import { createAssessHandler as createAssess } from '../functions/assess.ts';
import { createCollectHandler as createCollect } from '../functions/collect-labels.ts';
import { createLabelHandler as createLabel } from '../functions/label-shard.ts';
import { createPromoteHandler as createPromote, type PromoteReceipt } from '../functions/promote.ts';
import { createSplitHandler as createSplit } from '../functions/split-dataset.ts';
import { createTrainHandler as createTrain } from '../functions/train.ts';
import { DirectoryStore } from '../shared/io/store/directory-store.ts';
import type { ConditionalStore } from '../shared/io/store/store.ts';
import { compress } from '../shared/labels/labels-file.ts';
import type { CollectReceipt } from '../shared/retraining/collect-labels.ts';
import type { RetrainingSettings } from '../shared/retraining/job.ts';
import { LABELS_KEY, TEACHER_KEY } from '../shared/retraining/job-keys.ts';
import type { LabelReceipt } from '../shared/retraining/shard-labelling.ts';
import type { Shard } from '../shared/retraining/shards.ts';
import type { SplitReceipt } from '../shared/retraining/split-dataset.ts';
import type { TrainingItem } from '../shared/retraining/training-job.ts';
import { parseDistillSettings } from '../shared/student/distill-options.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from './small-labels.ts';

/** Students that are distilled in a moment. */
export const TINY: RetrainingSettings = {
  seed: 1,
  distill: parseDistillSettings(
    JSON.stringify({
      folds: 2,
      made: 200,
      neutral: 50,
      forest: { trees: 4 },
      training: { size: { encoder: 8, first: 12, second: 6 }, steps: 8, batch: 64 },
    }),
    'settings',
  ),
};

/** Never runs out of time. */
const UNHURRIED = { getRemainingTimeInMillis: () => 900_000 };

/** A store with the shipped teacher and some of the shipped labels, as after a deployment. */
export async function deployedStore(directory: string): Promise<DirectoryStore> {
  const store = new DirectoryStore(directory);
  await deployInto(store);
  return store;
}

export async function deployInto(store: ConditionalStore): Promise<void> {
  await store.put(TEACHER_KEY, readFileSync(SHIPPED_TEACHER));
  await store.put(LABELS_KEY, compress(await someLabels(hasSoftAnion)));
}

/** The steps of the retraining workflow, over one store. */
export class Retraining {
  readonly store: ConditionalStore;
  readonly settings: RetrainingSettings;
  margin = 0.02;
  maxQuarantineShare = 0.2;

  constructor(store: ConditionalStore, settings = TINY) {
    this.store = store;
    this.settings = settings;
  }

  async json<T>(key: string): Promise<T> {
    return JSON.parse(await this.text(key)) as T;
  }

  async text(key: string): Promise<string> {
    return Buffer.from((await this.store.get(key)) ?? []).toString();
  }

  split(dataset: unknown): Promise<SplitReceipt> {
    return createSplit(async () => this)({ dataset });
  }

  label(event: unknown): Promise<LabelReceipt> {
    return createLabel(async () => this)(event);
  }

  async labelAll({ shardList }: SplitReceipt): Promise<LabelReceipt[]> {
    const receipts: LabelReceipt[] = [];
    for (const shard of await this.json<Shard[]>(shardList)) receipts.push(await this.label(shard));
    return receipts;
  }

  collect(jobId: string): Promise<CollectReceipt> {
    return createCollect(async () => this)({ jobId });
  }

  train(event: unknown, context = UNHURRIED): ReturnType<ReturnType<typeof createTrain>> {
    return createTrain(async () => this)(event, context);
  }

  assess(jobId: string): ReturnType<ReturnType<typeof createAssess>> {
    return createAssess(async () => this)({ jobId });
  }

  promote(event: unknown): Promise<PromoteReceipt> {
    return createPromote(async () => this)(event);
  }

  /** Split, label and collect. */
  async prepare(dataset: string | null): Promise<CollectReceipt> {
    const split = await this.split(dataset);
    await this.labelAll(split);
    return this.collect(split.jobId);
  }

  /** Everything up to the candidate. */
  async candidate(dataset: string | null): ReturnType<Retraining['assess']> {
    const { jobId, trainingList } = await this.prepare(dataset);
    for (const item of await this.json<TrainingItem[]>(trainingList)) await this.train(item);
    return this.assess(jobId);
  }
}
