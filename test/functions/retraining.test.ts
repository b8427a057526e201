import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandler } from '../../functions/split-dataset.ts';
import type { DirectoryStore } from '../../shared/io/directory-store.ts';
import { decodeLabels, parseQuarantine } from '../../shared/labels/labels-file.ts';
import { openStudent } from '../../shared/onnx/student-session.ts';
import { jobKey, LABELS_KEY, TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import type { Shard } from '../../shared/retraining/shards.ts';
import type { TrainingItem } from '../../shared/retraining/training-job.ts';
import {
  CURRENT_STUDENT_KEY,
  type CurrentStudent,
  encodeCurrentStudent,
  loadCurrentStudent,
} from '../../shared/student/current-student.ts';
import { parseTeacher, teacherProbability } from '../../shared/teacher/teacher.ts';
import { deployedStore, Retraining } from '../retraining-runs.ts';
import { sharedData } from '../shared-data.ts';

const cifs = sharedData('cif-sample');

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'retraining-'));
});
afterAll(() => rm(root, { recursive: true }));

const deployed = (): Promise<DirectoryStore> => deployedStore(join(root, String(count++)));

const POSCAR = 'LiF\n1\n3 0 0\n0 3 0\n0 0 3\nLi F\n1 1\nDirect\n0 0 0\n.5 .5 .5\n';
const put = (store: DirectoryStore, key: string, content: string | Uint8Array): Promise<void> =>
  store.put(key, Buffer.from(content));

function resource(id: string, symbols = ['Li', 'Cl']): unknown {
  const lattice = [3.6, 3.6, 3.6].map((length, i) => [0, 1, 2].map((j) => (i === j ? length : 0)));
  const positions = [
    [0, 0, 0],
    [1.8, 1.8, 1.8],
  ];
  return {
    id,
    type: 'structures',
    attributes: { lattice_vectors: lattice, cartesian_site_positions: positions, species_at_sites: symbols },
  };
}
const jsonLines = (ids: readonly string[]): string => ids.map((id) => `${JSON.stringify(resource(id))}\n`).join('');

describe.skipIf(!cifs)('a dataset of 40 real CIFs and 5 broken ones', () => {
  let run: Retraining;
  let names: string[];

  beforeAll(async () => {
    const store = await deployed();
    run = new Retraining(store);
    names = (await readdir(cifs!)).sort().slice(0, 40);
    for (const name of names) await put(store, `datasets/mine/${name}`, await readFile(join(cifs!, name)));
    const whole = await readFile(join(cifs!, names[0]), 'utf8');
    await put(store, 'datasets/mine/cut.cif', whole.slice(0, whole.length / 2));
    await put(store, 'datasets/mine/empty.cif', '');
    await put(store, 'datasets/mine/element.cif', whole.replaceAll(/\bLi\b/g, 'Xx'));
    await put(store, 'datasets/mine/packed.cif.gz', gzipSync(whole).subarray(0, 100));
    await put(
      store,
      'datasets/mine/noise.cif',
      Buffer.from(Uint8Array.from({ length: 500 }, (_, i) => (i * 37) % 256)),
    );
    await put(store, 'datasets/mine/notes.txt', 'measured in May');
    await put(store, 'datasets/mine/READY', '');
  });

  it('quarantines the broken ones with their reasons, and ends in a promoted student', async () => {
    const split = await run.split('mine');
    expect(split).toMatchObject({ kind: 'structures', shards: 1, ignored: 1 });
    const [labelled] = await run.labelAll(split);
    expect(labelled.quarantined).toBe(5);
    expect(labelled.labelled + labelled.withoutScore).toBe(40);
    const collected = await run.collect(split.jobId);
    expect(collected).toMatchObject({ added: labelled.labelled, quarantined: 5, trainings: 3 });
    const quarantine = parseQuarantine(await run.text(jobKey(split.jobId, 'quarantine.csv')), 'quarantine.csv');
    const broken = quarantine.filter(({ reason }) => reason === 'not a usable structure');
    expect(broken.map(({ id }) => id).sort()).toEqual(['cut', 'element', 'empty', 'noise', 'packed']);
    for (const { id, detail } of broken) expect(detail).toContain(`datasets/mine/${id}.cif`);

    for (const item of await run.json<TrainingItem[]>(collected.trainingList))
      expect(await run.train(item)).toMatchObject({ done: true });
    const verdict = await run.assess(split.jobId);
    expect(verdict).toMatchObject({ promote: true, current: null, expected: null });
    expect(verdict.reason).toMatch(/^average precision 0\.\d{3}; there was no student before$/);
    expect(await run.promote(verdict)).toMatchObject({ promoted: true, hash: verdict.hash, student: verdict.student });

    const pointer = (await loadCurrentStudent(run.store))?.current;
    expect(pointer).toMatchObject({ hash: verdict.hash, averagePrecision: verdict.averagePrecision, previous: null });
    const student = await openStudent((await run.store.get(verdict.student))!, 'student.onnx');
    expect([student.hash, student.metadata.labelsHash]).toEqual([pointer?.hash, pointer?.labelsHash]);
    await student.release();
    const labels = decodeLabels((await run.store.get(LABELS_KEY))!, LABELS_KEY);
    expect(labels.length).toBe(collected.structures);
    const ids = new Set(labels.map(({ id }) => id));
    const skipped = new Set(quarantine.map(({ id }) => id));
    for (const name of names) expect(ids.has(name.slice(0, -4)) || skipped.has(name.slice(0, -4)), name).toBe(true);
  });

  it('stops when too many are broken, with both figures, and the reasons are there to read', async () => {
    const strict = new Retraining(run.store);
    strict.maxQuarantineShare = 0.1;
    const split = await strict.split('mine');
    await strict.labelAll(split);
    await expect(strict.collect(split.jobId)).rejects.toThrow(
      'dataset mine: 5 of 45 structures (11.1 %) are not usable, and at most 10 % may be',
    );
    expect(await run.text(jobKey(split.jobId, 'quarantine.csv'))).toContain('element');
  });
});

describe('splitting a dataset', () => {
  it('tells structures, compositions and other files by their names', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/list/candidates.csv.gz', '');
    await put(store, 'datasets/list/READY', '');
    expect(await run.split('list')).toMatchObject({
      ...{ kind: 'compositions', shards: 0, ignored: 0, compositions: 'datasets/list/candidates.csv.gz' },
    });
    await put(store, 'datasets/list/more.parquet', '');
    await expect(run.split('list')).rejects.toThrow('there are 2 files of compositions, such as datasets/list/cand');
    await put(store, 'datasets/list/sub/POSCAR', POSCAR);
    expect(await run.split('list')).toMatchObject({ kind: 'structures', shards: 1, ignored: 2 });
    await put(store, 'datasets/none/a.pdf', '');
    await expect(run.split('none')).rejects.toThrow(
      'datasets/none/: the dataset holds no structures and no compositions, and 1 files of other formats',
    );
  });

  it('names a job by what is to be done', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/a/x.vasp', POSCAR);
    const first = await run.split('a');
    expect(await run.split('a')).toEqual(first);
    const others = [await run.split(null), await new Retraining(store, { ...run.settings, seed: 2 }).split('a')];
    await put(store, 'datasets/a/y.vasp', POSCAR);
    others.push(await run.split('a'));
    await put(store, TEACHER_KEY, (await run.text(TEACHER_KEY)).replace('-6.564', '-6.5'));
    others.push(await run.split('a'));
    expect(new Set([first, ...others].map(({ jobId }) => jobId)).size).toBe(5);
  });

  it.each(['../labels', 'a/b', '', '.', 'a b', 5])('refuses the name %j', async (name) => {
    await expect(new Retraining(await deployed()).split(name)).rejects.toThrow(/event of split-dataset:dataset: /);
  });

  it('refuses an event without a dataset, and a deployment without a teacher', async () => {
    const store = await deployed();
    const split = createHandler(async () => new Retraining(store));
    for (const event of [{}, null, 'a'])
      await expect(split(event)).rejects.toThrow('event of split-dataset:dataset: there is no dataset');
    await rm(join(store.location, TEACHER_KEY));
    await expect(new Retraining(store).split(null)).rejects.toThrow('teacher/teacher.json: there is no such object');
  });
});

describe('labelling a shard', () => {
  it('reads every format, quarantines what is cut off or doubled, and is repeatable', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/mix/a.vasp', POSCAR);
    await put(store, 'datasets/mix/b/POSCAR', POSCAR);
    await put(store, 'datasets/mix/c.jsonl', jsonLines(['c-1', 'c-2', 'c-1', ' ']).slice(0, -40));
    await put(store, 'datasets/mix/d.jsonl.gz', gzipSync(jsonLines(['d-1', 'c-2'])));
    await put(store, 'datasets/mix/e.vasp', POSCAR.replace('Li F', 'Na F'));
    const split = await run.split('mix');
    const [receipt] = await run.labelAll(split);
    expect(receipt).toMatchObject({ labelled: 5, quarantined: 1, withoutScore: 3 });
    const files = ['labels', 'skipped'].map((kind) => `retrain/${split.jobId}/${kind}/000000.csv`);
    const before = [await run.text(files[0]), await run.text(files[1])];
    const ids = decodeLabels(Buffer.from(before[0]), 'labels').map(({ id }) => id);
    expect(ids).toEqual(['a', 'b/POSCAR', 'c-1', 'c-2', 'd-1']);
    const skipped = parseQuarantine(before[1], 'skipped');
    expect(skipped.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'c-1: the id was labelled before',
      'datasets/mix/c.jsonl: not a usable structure',
      'c-2: the id was labelled before',
      'e: no Li',
    ]);
    expect(await run.labelAll(split)).toEqual([receipt]);
    expect([await run.text(files[0]), await run.text(files[1])]).toEqual(before);
  });

  it('quarantines a structure whose id a labels file cannot hold', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/ids/a.jsonl', jsonLines(['  ', 'ok', ' ok']));
    const [receipt] = await run.labelAll(await run.split('ids'));
    expect(receipt).toMatchObject({ labelled: 1, quarantined: 1, withoutScore: 1 });
  });

  it('refuses a file outside of the dataset, one that was changed, and a shard that is not there', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/own/a.vasp', POSCAR);
    await put(store, 'datasets/other/a.vasp', POSCAR);
    const [shard] = await run.json<Shard[]>((await run.split('own')).shardList);
    for (const key of ['datasets/other/a.vasp', 'datasets/own/../other/a.vasp', 'teacher/teacher.json']) {
      const event = { ...shard, files: [{ ...shard.files[0], key }] };
      await expect(run.label(event)).rejects.toThrow('is no key below datasets/own/');
    }
    await expect(run.label({ ...shard, shard: 1 })).rejects.toThrow('has 1 shards');
    await expect(run.label({ ...shard, jobId: '../../x' })).rejects.toThrow('jobId: "../../x" is no job');
    await put(store, 'datasets/own/a.vasp', POSCAR.replace('.5 .5 .5', '.5 .5 .4'));
    await expect(run.label(shard)).rejects.toThrow('a.vasp: it was changed after the retraining began');
  });
});

describe('collecting labels', () => {
  it('takes the probabilities of the current teacher, which for labels of the same teacher are the same', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    const text = (await run.text(TEACHER_KEY)).replace('-6.564', '-5.5');
    await put(store, TEACHER_KEY, text);
    const { jobId } = await run.prepare(null);
    const teacher = parseTeacher(text, 'teacher');
    const base = decodeLabels((await store.get(LABELS_KEY))!, 'base');
    const labels = decodeLabels((await store.get(jobKey(jobId, 'labels.csv.gz')))!, 'labels');
    labels.forEach((label, i) => {
      expect(label.probability).toBeCloseTo(teacherProbability(teacher, base[i]), 5);
      expect({ ...label, probability: 0 }).toEqual({ ...base[i], probability: 0 });
      expect(label.probability).toBeGreaterThanOrEqual(base[i].probability);
    });
    await put(store, LABELS_KEY, (await store.get(jobKey(jobId, 'labels.csv.gz')))!);
    const again = await run.prepare(null);
    expect(await run.text(jobKey(again.jobId, 'labels.csv.gz'))).toBe(await run.text(jobKey(jobId, 'labels.csv.gz')));
  });

  it("puts a dataset's label in place of a base label of its id, and others at the end", async () => {
    const store = await deployed();
    const run = new Retraining(store);
    const base = decodeLabels((await store.get(LABELS_KEY))!, 'base');
    await put(store, 'datasets/d/a.jsonl', jsonLines(['new', base[3].id]));
    const { jobId, structures, added } = await run.prepare('d');
    expect([structures, added]).toEqual([base.length + 1, 2]);
    const labels = decodeLabels((await store.get(jobKey(jobId, 'labels.csv.gz')))!, 'labels');
    expect([labels[3].formula, labels.at(-1)!.formula, labels.at(-1)!.id]).toEqual(['LiCl', 'LiCl', 'new']);
    expect(labels[4].formula).toBe(base[4].formula);
  });

  it('refuses a shard without a result, a dataset without a score and labels that are too few', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    await put(store, 'datasets/n/a.vasp', POSCAR.replace('Li F', 'Na F'));
    const split = await run.split('n');
    await expect(run.collect(split.jobId)).rejects.toThrow('skipped/000000.csv: the result of a shard is missing');
    await run.labelAll(split);
    await expect(run.collect(split.jobId)).rejects.toThrow('dataset n: none of 1 structures has a score');
    await expect(run.collect('0123456789abcdef')).rejects.toThrow('job.json: it is missing');
    const few = new Retraining(store, { ...run.settings, distill: { ...run.settings.distill, folds: 500 } });
    await expect(few.prepare(null)).rejects.toThrow('For 500 folds at least 1000 of each are needed');
  });

  it('refuses inputs that were changed behind its back', async () => {
    const store = await deployed();
    const run = new Retraining(store);
    const { jobId } = await run.split(null);
    await put(store, jobKey(jobId, 'teacher.json'), (await run.text(TEACHER_KEY)).replace('-6.564', '-5.5'));
    await expect(run.collect(jobId)).rejects.toThrow('teacher.json: its SHA-256 is');
  });
});

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
    expect(items).toHaveLength(3);
    for (const item of items) {
      await whole.train(item);
      let rounds = 1;
      while (!(await stopped.train(item, stepsOf(1))).done) rounds++;
      expect(rounds).toBe(4 + 8); // trees and batches
      const key = `retrain/${jobId}/trainings/${item.training}.json`;
      expect(await stopped.text(key)).toBe(await whole.text(key));
    }
    expect((await stopped.assess(jobId)).hash).toBe((await whole.assess(jobId)).hash);
  });

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
    await expect(run.train({ jobId, training: 3 })).rejects.toThrow(`job ${jobId} has 3 trainings`);
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

  it('is not promoted where its model is damaged, nor made where a training is missing', async () => {
    const store = await deployed();
    const damaged = new Retraining(store);
    const verdict = await damaged.candidate(null);
    await rm(join(store.location, `retrain/${verdict.jobId}/trainings/1.json`));
    await expect(damaged.assess(verdict.jobId)).rejects.toThrow('trainings/1.json: the training has no result');
    await put(store, verdict.student, 'x');
    await expect(damaged.promote(verdict)).rejects.toThrow('student.onnx: its SHA-256 is');
    expect(await loadCurrentStudent(store)).toBeUndefined();
  });
});
