import { InputError, type Place } from '../errors.ts';

/** Keys of what a retraining reads and writes. */

/** The teacher in use. Whoever replaces it has students distilled anew. */
export const TEACHER_KEY = 'teacher/teacher.json';

/** All labels so far, of the teacher in use. */
export const LABELS_KEY = 'labels/labels.csv.gz';

/** The file in a dataset's folder that says that the dataset is complete. */
export const READY_FILE = 'READY';

/** Files of a job under its prefix. */
export type JobFile =
  | 'job.json'
  | 'teacher.json'
  | 'base-labels.csv.gz'
  | 'shards.json'
  | 'labels.csv.gz'
  | 'quarantine.csv'
  | 'collected.json'
  | 'trainings.json'
  | 'candidate.json';

export const JOB_ID_LENGTH = 16; // hexadecimal digits

export function jobKey(jobId: string, file: JobFile): string {
  return `${jobPrefix(jobId)}${file}`;
}

/** Labels that a shard gave. */
export function shardLabelsKey(jobId: string, shard: number): string {
  return `${jobPrefix(jobId)}labels/${shardName(shard)}`;
}

/** Structures of a shard that have no label, with the reasons. */
export function shardSkippedKey(jobId: string, shard: number): string {
  return `${jobPrefix(jobId)}skipped/${shardName(shard)}`;
}

export function trainingKey(jobId: string, training: number): string {
  return `${jobPrefix(jobId)}trainings/${training}.json`;
}

export function checkpointKey(jobId: string, training: number): string {
  return `${jobPrefix(jobId)}trainings/${training}.checkpoint`;
}

export function datasetPrefix(name: string): string {
  return `datasets/${name}/`;
}

/** A dataset's name, which is one folder; throws {@link InputError} for anything else. */
export function checkDatasetName(name: string, place: Place): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new InputError(
    `${JSON.stringify(name)} is no name of a dataset`,
    place,
    'Use up to 100 letters, digits, dots, hyphens and underscores, a letter or digit first.',
  );
}

/** A key that names an object below a prefix; throws {@link InputError} if it could lead elsewhere. */
export function checkKeyBelow(prefix: string, key: string, place: Place): string {
  const segments = key.slice(prefix.length).split('/');
  if (key.startsWith(prefix) && segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..'))
    return key;
  throw new InputError(`${JSON.stringify(key)} is no key below ${prefix}`, place, 'Correct the key.');
}

function jobPrefix(jobId: string): string {
  if (!/^[0-9a-f]+$/.test(jobId) || jobId.length !== JOB_ID_LENGTH)
    throw new InputError(
      `${JSON.stringify(jobId)} is no job`,
      { column: 'jobId' },
      `A job has ${JOB_ID_LENGTH} hexadecimal digits.`,
    );
  return `retrain/${jobId}/`;
}

function shardName(shard: number): string {
  return `${String(shard).padStart(6, '0')}.csv`;
}
