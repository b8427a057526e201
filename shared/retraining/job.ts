import * as v from 'valibot';
import { InputError, IntegrityError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import type { ObjectInfo, ObjectStore } from '../io/store/store.ts';
import { formatJson } from '../json.ts';
import { fields, finite, integer, type Shape, sha256Text, text } from '../shape.ts';
import type { DistillSettings } from '../student/distill-options.ts';
import { parseTeacher, type Teacher } from '../teacher/teacher.ts';
import { JOB_ID_LENGTH, type JobFile, jobKey, LABELS_KEY, TEACHER_KEY } from './job-keys.ts';

/** Goes into every job id: to be raised when the same inputs would give another student, or when jobs are stored otherwise. */
const FORMAT = 3;

/** How students are distilled: part of what a job is. */
export interface RetrainingSettings {
  readonly seed: number;
  readonly distill: DistillSettings;
}

/** A retraining: what it starts from, as `job.json` has it. Its inputs are copied, since they may be replaced meanwhile. */
export interface RetrainingJob {
  readonly format: number;
  readonly jobId: string;
  readonly dataset: string | null; // null: the base labels alone
  readonly shards: number; // of the dataset
  readonly teacherHash: string; // SHA-256 of the job's teacher.json
  readonly baseLabelsHash: string; // SHA-256 of the job's base-labels.csv.gz
  readonly settings: RetrainingSettings;
}

/** Teacher and labels as they are when a job begins. */
export interface JobInputs {
  readonly teacher: Uint8Array;
  readonly baseLabels: Uint8Array; // gzip
}

/**
 * Fetch what is in use now.
 *
 * @throws {InputError} if there is no teacher or no labels, or the teacher is malformed
 */
export async function loadJobInputs(store: ObjectStore): Promise<JobInputs> {
  const fetch = async (key: string): Promise<Uint8Array> => {
    const bytes = await store.get(key);
    if (bytes !== undefined) return bytes;
    const remedy = 'Store the one that the project ships, or one of your own, under this key.';
    throw new InputError('there is no such object', { file: `${store.location}/${key}` }, remedy);
  };
  const inputs = { teacher: await fetch(TEACHER_KEY), baseLabels: await fetch(LABELS_KEY) };
  parseTeacher(Buffer.from(inputs.teacher).toString(), `${store.location}/${TEACHER_KEY}`);
  return inputs;
}

/** Name of a job: equal for what gives an equal student. */
export function jobIdOf(
  dataset: string | null,
  objects: readonly ObjectInfo[],
  inputs: JobInputs,
  settings: RetrainingSettings,
): string {
  const listing = objects.map(({ key, size, version }) => [key, size, version]);
  const identity = [FORMAT, dataset, listing, sha256(inputs.teacher), sha256(inputs.baseLabels), settings];
  return sha256(JSON.stringify(identity)).slice(0, JOB_ID_LENGTH);
}

/** Store a job with copies of its inputs; `job.json` comes last. */
export async function storeJob(
  store: ObjectStore,
  job: Omit<RetrainingJob, 'format' | 'teacherHash' | 'baseLabelsHash'>,
  { teacher, baseLabels }: JobInputs,
): Promise<void> {
  const record: RetrainingJob = {
    format: FORMAT,
    ...job,
    teacherHash: sha256(teacher),
    baseLabelsHash: sha256(baseLabels),
  };
  await store.put(jobKey(job.jobId, 'teacher.json'), teacher);
  await store.put(jobKey(job.jobId, 'base-labels.csv.gz'), baseLabels);
  await store.put(jobKey(job.jobId, 'job.json'), sealJson(record));
}

const COUNT = integer(1);
const JOB: Shape<RetrainingJob> = fields({
  format: v.literal(FORMAT, `the format ${FORMAT} of this version`),
  jobId: text,
  dataset: v.nullable(text),
  shards: integer(),
  teacherHash: sha256Text,
  baseLabelsHash: sha256Text,
  settings: fields({
    seed: integer(),
    distill: fields({
      folds: COUNT,
      made: COUNT,
      neutral: COUNT,
      favoured: finite,
      labelWeight: finite,
      forest: fields({ trees: COUNT, featureShare: finite, minimumLeaf: COUNT }),
      training: fields({
        size: fields({ encoder: COUNT, first: COUNT, second: COUNT }),
        steps: COUNT,
        batch: COUNT,
        learningRate: finite,
        weightDecay: finite,
        averageFrom: finite,
      }),
    }),
  }),
});

/** Read `job.json`; throws {@link IntegrityError} if it is missing, damaged or another job's. */
export async function loadJob(store: ObjectStore, jobId: string): Promise<RetrainingJob> {
  const job = await loadSealed(JOB, store, jobId, 'job.json');
  if (job.jobId === jobId) return job;
  throw damagedJob(`it is of job ${job.jobId}, not ${jobId}`, store, jobId);
}

/** The teacher of a job, checked by its hash. */
export async function loadTeacher(store: ObjectStore, job: RetrainingJob): Promise<{ text: string; teacher: Teacher }> {
  const bytes = await loadHashed(store, job.jobId, 'teacher.json', job.teacherHash);
  const text = Buffer.from(bytes).toString();
  return { text, teacher: parseTeacher(text, `${store.location}/${jobKey(job.jobId, 'teacher.json')}`) };
}

/** The labels that a job adds to, checked by their hash; gzip. */
export function loadBaseLabels(store: ObjectStore, job: RetrainingJob): Promise<Uint8Array> {
  return loadHashed(store, job.jobId, 'base-labels.csv.gz', job.baseLabelsHash);
}

async function loadHashed(store: ObjectStore, jobId: string, file: JobFile, hash: string): Promise<Uint8Array> {
  const bytes = await store.get(jobKey(jobId, file));
  if (bytes === undefined) throw damagedJob('it is missing', store, jobId, file);
  const actual = sha256(bytes);
  if (actual !== hash) throw damagedJob(`its SHA-256 is ${actual}, and job.json says ${hash}`, store, jobId, file);
  return bytes;
}

/** A sealed file of a job; throws {@link IntegrityError} if it is missing or damaged. */
export async function loadSealed<T extends object>(
  shape: Shape<T>,
  store: ObjectStore,
  jobId: string,
  file: JobFile,
): Promise<T> {
  const bytes = await store.get(jobKey(jobId, file));
  if (bytes === undefined) throw damagedJob('it is missing', store, jobId, file);
  return readSealedJson(shape, bytes, (problem, column) => damagedJob(problem, store, jobId, file, column));
}

/** A list whose items a workflow reads, as the bytes of a file. */
export function encodeItems(items: readonly unknown[]): Uint8Array {
  return Buffer.from(formatJson(items));
}

/** A job's file that cannot be used. */
export function damagedJob(
  problem: string,
  { location }: ObjectStore,
  jobId: string,
  file: JobFile = 'job.json',
  column?: string,
): IntegrityError {
  return new IntegrityError(
    problem,
    { file: `${location}/${jobKey(jobId, file)}`, column },
    'Delete the objects of the job and start the retraining again.',
  );
}
