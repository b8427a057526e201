import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMITTEE_PARTS } from '../../shared/committee/committee.ts';
import { sha256 } from '../../shared/hash.ts';
import type { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { storeInputs } from '../../shared/io/store/inputs.ts';
import { decodeLabels } from '../../shared/labels/labels-file.ts';
import { prepareCompanions } from '../../shared/models/companions.ts';
import {
  CURRENT_STUDENT_KEY,
  type CurrentStudent,
  encodeCurrentStudent,
  loadCurrentStudent,
  studentKey,
} from '../../shared/models/current-student.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { jobKey, LABELS_KEY, TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import type { TrainingItem } from '../../shared/retraining/training-job.ts';
import { deployedStore, Retraining } from '../retraining-runs.ts';

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'training-'));
});
afterAll(() => rm(root, { recursive: true }));

const deployed = (): Promise<DirectoryStore> => deployedStore(join(root, String(count++)));

const put = (store: DirectoryStore, key: string, content: string | Uint8Array): Promise<void> =>
  store.put(key, Buffer.from(content));

describe('training', () => {
  /** Time for so many steps, then none. */
  const stepsOf = (steps: number): { getRemainingTimeInMillis(): number } => {
    let calls = 0; // the first is at the beginning
    return { getRemainingTimeInMillis: () => (calls++ < steps ? 1000 : 1000 * 0.39) };
  };

  it('that is interrupted after every step gives the very bytes of one that is not', async () => {
    const [whole, stopped] = [new Retraining(await deployed()), new Retraining(await deployed())];
    const [{ jobId, trainingList }] = [await whole.prepare(null), await stopped.prepare(null)];
    const items = await whole.json<TrainingItem[]>(trainingList);
    expect(items).toHaveLength(6); // student and committee, each with two folds
    const trees = COMMITTEE_PARTS.reduce((sum, part) => sum + part.trees, 0);
    for (const item of items) {
      await whole.train(item);
      let rounds = 1;
      while (!(await stopped.train(item, stepsOf(1))).done) rounds++;
      expect(rounds).toBe(item.training < 3 ? 4 + 8 : trees); // trees and batches, or trees alone
      const key = `retrain/${jobId}/trainings/${item.training}.json`;
      expect(await stopped.text(key)).toBe(await whole.text(key));
    }
    const { hash } = await whole.assess(jobId);
    expect((await stopped.assess(jobId)).hash).toBe(hash);
    const committeeOf = ({ store }: Retraining) => store.get(studentKey(hash, 'committee.onnx'));
    expect(Buffer.from((await committeeOf(stopped))!).equals(Buffer.from((await committeeOf(whole))!))).toBe(true);
  }, 300_000); // hundreds of checkpoints, and the machine may be busy

  it('works for 60 % of the time that it is given, and leaves a finished one as it is', async () => {
    const run = new Retraining(await deployed());
    const { jobId } = await run.prepare(null);
    let now = 0;
    const clock = { getRemainingTimeInMillis: () => 900_000 - 100_000 * now++ };
    expect(await run.train({ jobId, training: 2 }, clock)).toEqual({ jobId, training: 2, done: false });
    expect(now).toBe(7); // asked at the beginning and after each of 6 steps of 100 s
    expect(await run.train({ jobId, training: 2 })).toEqual({ jobId, training: 2, done: true });
    const info = await run.store.stat(`retrain/${jobId}/trainings/2.json`);
    expect(await run.train({ jobId, training: 2 })).toEqual({ jobId, training: 2, done: true });
    expect(await run.store.stat(`retrain/${jobId}/trainings/2.json`)).toEqual(info);
    await expect(run.train({ jobId, training: 6 })).rejects.toThrow(`job ${jobId} has 6 trainings`);
  });

  it('begins anew, and says so, where the checkpoint is damaged', async () => {
    const [whole, damaged] = [new Retraining(await deployed()), new Retraining(await deployed())];
    const [{ jobId }] = [await whole.prepare(null), await damaged.prepare(null)];
    await whole.train({ jobId, training: 0 });
    await damaged.train({ jobId, training: 0 }, stepsOf(3));
    const key = `retrain/${jobId}/trainings/0.checkpoint`;
    const bytes = Buffer.from((await damaged.store.get(key))!);
    bytes[bytes.length - 5] ^= 1;
    await damaged.store.put(key, bytes);
    const receipt = await damaged.train({ jobId, training: 0 });
    expect(receipt).toMatchObject({ done: true, discarded: 'its checksum does not match its content' });
    const result = `retrain/${jobId}/trainings/0.json`;
    expect(await damaged.text(result)).toBe(await whole.text(result));
  });
});

describe('a candidate', () => {
  const other: CurrentStudent = {
    student: `models/students/${'a'.repeat(64)}/student.onnx`,
    hash: 'a'.repeat(64),
    teacherHash: 'b'.repeat(64),
    labelsHash: 'c'.repeat(64),
    averagePrecision: 0.5,
    previous: null,
  };
  let run: Retraining;
  let jobId: string;
  let own: number; // average precision
  beforeAll(async () => {
    run = new Retraining(await deployed());
    ({ jobId, averagePrecision: own } = await run.candidate(null));
  });
  const inUse = (averagePrecision: number): Promise<void> =>
    run.store.put(CURRENT_STUDENT_KEY, encodeCurrentStudent({ ...other, averagePrecision }));

  it('has its committee and its labels beside it', async () => {
    const { student, hash } = await run.assess(jobId);
    const { labelsHash } = readStudentMetadata((await run.store.get(student))!, student);
    const { companions } = await prepareCompanions(storeInputs(run.store), { name: student, labelsHash }, {});
    const committee = (await run.store.get(studentKey(hash, 'committee.onnx')))!;
    expect(companions).toEqual({ committee: { hash: sha256(committee) }, labels: { hash: labelsHash } });
  });

  it('stays one if it is worse than the student in use by more than the margin, and the reason has both figures', async () => {
    await inUse(own + 0.021);
    const verdict = await run.assess(jobId);
    expect(verdict).toMatchObject({ promote: false, current: own + 0.021 });
    expect(verdict.reason).toBe(
      `average precision ${own.toFixed(3)}, that of the student in use is ${(own + 0.021).toFixed(3)} (on the labels of another teacher): worse by more than 0.02`,
    );
    expect(await run.promote(verdict)).toMatchObject({ promoted: false, reason: verdict.reason });
    expect((await loadCurrentStudent(run.store))?.current.hash).toBe(other.hash);
    expect(await run.store.stat(verdict.student)).toBeDefined();
  });

  it('is promoted if it is not, by one of two promotions at once, and again without effect', async () => {
    await inUse(own + 0.019);
    const verdict = await run.assess(jobId);
    expect(verdict).toMatchObject({ promote: true });
    const rival = new Retraining(run.store, { ...run.settings, seed: 2 });
    rival.margin = 1;
    const second = await rival.candidate(null);
    expect(second.hash).not.toBe(verdict.hash);
    const outcomes = await Promise.all([run.promote(verdict), rival.promote(second)]);
    const [winner, loser] = outcomes[0].promoted ? outcomes : [...outcomes].reverse();
    expect([winner.promoted, loser.promoted]).toEqual([true, false]);
    expect(loser.reason).toContain('start the retraining again');
    const pointer = await loadCurrentStudent(run.store);
    expect(pointer?.current).toMatchObject({ hash: winner.hash, previous: other.hash });
    const again = winner.jobId === jobId ? verdict : second;
    expect(await run.promote(again)).toEqual(winner);
    expect(await loadCurrentStudent(run.store)).toEqual(pointer);
    const labels = decodeLabels((await run.store.get(LABELS_KEY))!, 'labels');
    const promoted = decodeLabels((await run.store.get(jobKey(winner.jobId, 'labels.csv.gz')))!, 'labels');
    expect(labels).toEqual(promoted);
  });

  it('finishes a promotion that broke off before the labels were put', async () => {
    const store = await deployed();
    const broken = new Retraining(store);
    const before = (await store.get(LABELS_KEY))!;
    const verdict = await broken.candidate(null);
    await broken.promote(verdict);
    const after = (await store.get(LABELS_KEY))!;
    expect(after).not.toEqual(before);
    await store.put(LABELS_KEY, before);
    expect(await broken.promote(verdict)).toMatchObject({ promoted: true });
    expect(await store.get(LABELS_KEY)).toEqual(after);
  });

  it('does not take the place of what is newer than the teacher or the labels that it was made from', async () => {
    const store = await deployed();
    const late = new Retraining(store);
    const verdict = await late.candidate(null);
    const [teacher, labels] = [(await store.get(TEACHER_KEY))!, (await store.get(LABELS_KEY))!];
    await put(store, TEACHER_KEY, Buffer.from(teacher).toString().replace('-6.564', '-6'));
    const reason = `teacher/teacher.json was replaced after job ${verdict.jobId} began`;
    expect(await late.promote(verdict)).toMatchObject({ promoted: false, reason });
    expect(await late.assess(verdict.jobId)).toMatchObject({ promote: false, reason });
    await store.put(TEACHER_KEY, teacher);
    expect(await late.assess(verdict.jobId)).toEqual(verdict);
    await store.put(LABELS_KEY, gzipSync('others'));
    expect((await late.promote(verdict)).reason).toContain('labels/labels.csv.gz was replaced after job');
    await store.put(LABELS_KEY, labels);
    expect(await late.promote(verdict)).toMatchObject({ promoted: true });
  });

  it('is not promoted where a file of it is damaged, nor made where a training is missing or damaged', async () => {
    const store = await deployed();
    const damaged = new Retraining(store);
    const verdict = await damaged.candidate(null);
    for (const key of [
      studentKey(verdict.hash, 'student.card.json'),
      ...[jobKey(verdict.jobId, 'candidate.json'), jobKey(verdict.jobId, 'job.json')],
    ]) {
      const whole = (await store.get(key))!;
      await store.put(key, whole.with(whole.length >> 1, whole[whole.length >> 1] ^ 1));
      await expect(damaged.promote(verdict)).rejects.toThrow(`${key}: it`);
      await store.put(key, whole);
    }
    const training = `retrain/${verdict.jobId}/trainings/0.json`;
    const result = (await store.get(training))!;
    await store.put(training, result.with(20, result[20] ^ 1));
    await expect(damaged.assess(verdict.jobId)).rejects.toThrow('trainings/0.json: it');
    await store.put(training, result);
    await rm(join(store.location, `retrain/${verdict.jobId}/trainings/1.json`));
    await expect(damaged.assess(verdict.jobId)).rejects.toThrow('trainings/1.json: the training has no result');
    await put(store, verdict.student, 'x');
    await expect(damaged.promote(verdict)).rejects.toThrow('student.onnx: its SHA-256 is');
    expect(await loadCurrentStudent(store)).toBeUndefined();
  });
});
