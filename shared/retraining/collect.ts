import { InputError, IntegrityError } from '../errors.ts';
import type { ObjectStore } from '../io/store/store.ts';
import { checkFeatures } from '../labels/check-teacher.ts';
import type { StructureLabel } from '../labels/label.ts';
import { DOUBLED, type SkippedStructure, UNUSABLE } from '../labels/label-structures.ts';
import { decodeLabels, parseAnyLabels, parseQuarantine } from '../labels/labels-file.ts';
import { type Teacher, teacherFeatures, teacherProbability } from '../teacher/teacher.ts';
import { loadBaseLabels, type RetrainingJob } from './job.ts';
import { jobKey, shardLabelsKey, shardSkippedKey } from './job-keys.ts';

/** The structures of a dataset, labelled or not, over all shards. */
export interface CollectedDataset {
  readonly labels: readonly StructureLabel[];
  readonly skipped: readonly SkippedStructure[]; // with the doubles among shards
}

/**
 * Put the shards of a job together.
 *
 * @throws {IntegrityError} naming the shard that is missing
 */
export async function collectShards(store: ObjectStore, { jobId, shards }: RetrainingJob): Promise<CollectedDataset> {
  const labels = new Map<string, StructureLabel>();
  let skipped: SkippedStructure[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const [labelled, rest] = [shardLabelsKey(jobId, shard), shardSkippedKey(jobId, shard)];
    skipped = skipped.concat(parseQuarantine(await fetchText(store, rest), rest));
    for (const label of parseAnyLabels(await fetchText(store, labelled), labelled)) {
      if (labels.has(label.id)) skipped.push({ id: label.id, reason: DOUBLED, detail: DOUBLED });
      else labels.set(label.id, label);
    }
  }
  return { labels: [...labels.values()], skipped };
}

async function fetchText(store: ObjectStore, key: string): Promise<string> {
  const bytes = await store.get(key);
  if (bytes !== undefined) return Buffer.from(bytes).toString();
  throw new IntegrityError(
    'the result of a shard is missing',
    { file: `${store.location}/${key}` },
    'Label the shard again: redrive the execution.',
  );
}

/** How many structures of a dataset could not be read. */
export function countUnusable(skipped: readonly SkippedStructure[]): number {
  return skipped.filter(({ reason }) => reason === UNUSABLE).length;
}

/**
 * Stop where a dataset is mostly broken: something is wrong with it as a whole.
 *
 * @param maxShare of structures that may be unusable, 0 to 1
 * @throws {InputError} with both figures, or if nothing is left to learn from
 */
export function checkQuarantine({ labels, skipped }: CollectedDataset, job: RetrainingJob, maxShare: number): void {
  if (job.dataset === null) return;
  const total = labels.length + skipped.length;
  const unusable = countUnusable(skipped);
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  const place = { file: `dataset ${job.dataset}` };
  const remedy = `Read ${jobKey(job.jobId, 'quarantine.csv')}, correct the files and mark the dataset ready again.`;
  if (unusable > maxShare * total)
    throw new InputError(
      `${unusable} of ${total} structures (${percent(unusable / total)}) are not usable, and at most ${percent(maxShare)} may be`,
      place,
      remedy,
    );
  if (labels.length === 0) throw new InputError(`none of ${total} structures has a score`, place, remedy);
}

/**
 * All labels of a job: the base labels, in their order, with the dataset's in place of those of equal ids, then the
 * dataset's others. Every probability is the teacher's for the features as they are stored, so that the labels of one
 * teacher are the same whenever and from whatever they are collected.
 */
export async function mergeLabels(
  store: ObjectStore,
  job: RetrainingJob,
  teacher: Teacher,
  added: readonly StructureLabel[],
): Promise<StructureLabel[]> {
  const key = jobKey(job.jobId, 'base-labels.csv.gz');
  const merged = new Map<string, StructureLabel>();
  for (const label of decodeLabels(await loadBaseLabels(store, job), `${store.location}/${key}`))
    merged.set(label.id, label);
  for (const label of added) merged.set(label.id, label);
  const labels = [...merged.values()];
  checkFeatures(labels, teacher, `${store.location}/${key}`);
  return labels.map((label) => relabel(label, teacher));
}

function relabel(label: StructureLabel, teacher: Teacher): StructureLabel {
  const features = Object.fromEntries(teacherFeatures(teacher).map((name) => [name, label.features[name]]));
  return { ...label, features, probability: teacherProbability(teacher, label.features) };
}
