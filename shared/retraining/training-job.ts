import type { ObjectStore } from '../io/store/store.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import { fields, integer, type Shape, sha256Text } from '../shape.ts';
import { prepareTrainingSet, type TrainingSet } from '../student/training-set.ts';
import { damagedJob, loadJob, loadSealed, loadTeacher, type RetrainingJob } from './job.ts';
import { jobKey } from './job-keys.ts';

/** What collecting the labels of a job gave, as `collected.json` has it. */
export interface CollectedRecord {
  readonly labelsHash: string; // SHA-256 of the unpacked labels
  readonly structures: number; // labelled, base labels included
  readonly added: number; // of those, from the dataset
  readonly quarantined: number; // structures of the dataset that are not usable
  readonly withoutScore: number; // structures of the dataset that are usable, but have no label
}

const COLLECTED: Shape<CollectedRecord> = fields({
  labelsHash: sha256Text,
  structures: integer(),
  added: integer(),
  quarantined: integer(),
  withoutScore: integer(),
});

/** An item of `trainings.json`. */
export interface TrainingItem {
  readonly jobId: string;
  readonly training: number; // see `trainingKind`
}

/** What a training makes: a student or a committee, with one fold held out or from all labels. */
export interface TrainingKind {
  readonly model: 'student' | 'committee';
  readonly fold: number | undefined;
}

/** The trainings of a job: of the student each fold and the final one, then the same of its committee. */
export function listTrainings({ jobId, settings }: RetrainingJob): TrainingItem[] {
  return Array.from({ length: 2 * (settings.distill.folds + 1) }, (_, training) => ({ jobId, training }));
}

/** What the training of this number makes. */
export function trainingKind(training: number, folds: number): TrainingKind {
  const part = training % (folds + 1);
  return { model: training > folds ? 'committee' : 'student', fold: part < folds ? part : undefined };
}

/** Everything that the trainings of a job have in common. */
export interface OpenJob {
  readonly job: RetrainingJob;
  readonly set: TrainingSet;
}

/** Load a job whose labels are collected. Throws {@link IntegrityError} if something of it is missing or damaged. */
export async function openJob(store: ObjectStore, jobId: string): Promise<OpenJob> {
  const job = await loadJob(store, jobId);
  const { labelsHash } = await loadSealed(COLLECTED, store, jobId, 'collected.json');
  const bytes = await loadLabels(store, jobId);
  const set = await makeTrainingSet(
    store,
    job,
    Buffer.from(unpackGzip(bytes, `${store.location}/${jobKey(jobId, 'labels.csv.gz')}`)).toString(),
  );
  if (set.labelsHash !== labelsHash)
    throw damagedJob(
      `its SHA-256 is ${set.labelsHash}, and collected.json says ${labelsHash}`,
      store,
      jobId,
      'labels.csv.gz',
    );
  return { job, set };
}

/** All labels of a job, gzip. */
export async function loadLabels(store: ObjectStore, jobId: string): Promise<Uint8Array> {
  const bytes = await store.get(jobKey(jobId, 'labels.csv.gz'));
  if (bytes === undefined) throw damagedJob('it is missing', store, jobId, 'labels.csv.gz');
  return bytes;
}

/** What the students of a job learn from; throws {@link InputError} if it is too little. */
export async function makeTrainingSet(
  store: ObjectStore,
  job: RetrainingJob,
  labelsText: string,
): Promise<TrainingSet> {
  const { text } = await loadTeacher(store, job);
  return prepareTrainingSet(
    { file: jobKey(job.jobId, 'labels.csv.gz'), text: labelsText },
    { file: jobKey(job.jobId, 'teacher.json'), text },
    job.settings.seed,
    job.settings.distill,
  );
}
