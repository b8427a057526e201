import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSplitHandler } from '../../functions/split-dataset.ts';
import type { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { decodeLabels, parseQuarantine } from '../../shared/labels/labels-file.ts';
import { loadCurrentStudent } from '../../shared/models/current-student.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { jobKey, LABELS_KEY, TEACHER_KEY } from '../../shared/retraining/job-keys.ts';
import type { Shard } from '../../shared/retraining/shards.ts';
import type { TrainingItem } from '../../shared/retraining/training-job.ts';
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
    expect(collected).toMatchObject({ added: labelled.labelled, quarantined: 5, trainings: 6 });
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
    await put(store, 'datasets/list/candidates.csv', '');
    await put(store, 'datasets/list/more.parquet', '');
    await put(store, 'datasets/list/README', '');
    await put(store, 'datasets/list/READY', '');
    expect(await run.split('list')).toMatchObject({
      kind: 'compositions',
      shards: 0,
      compositions: 'datasets/list/',
      ignored: 1,
    });
    await put(store, 'datasets/list/sub/POSCAR', POSCAR);
    expect(await run.split('list')).toMatchObject({ kind: 'structures', shards: 1, ignored: 3 });
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
    const split = createSplitHandler(async () => new Retraining(store));
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
      expect(label.probability).toBeCloseTo(teacherProbability(teacher, base[i].features), 5);
      expect({ ...label, probability: 0 }).toEqual({ ...base[i], probability: 0 });
      expect(label.probability).toBeGreaterThanOrEqual(base[i].probability);
    });
    await put(store, LABELS_KEY, (await store.get(jobKey(jobId, 'labels.csv.gz')))!);
    const again = await run.prepare(null);
    expect(await run.text(jobKey(again.jobId, 'labels.csv.gz'))).toBe(await run.text(jobKey(jobId, 'labels.csv.gz')));
  });

  it('stops, naming the column, where the teacher needs a feature that the base labels do not have', async () => {
    const store = await deployed();
    await put(store, TEACHER_KEY, (await new Retraining(store).text(TEACHER_KEY)).replace('"llb"', '"lnc"'));
    await expect(new Retraining(store).prepare(null)).rejects.toThrow(
      /base-labels\.csv\.gz:1: column lnc is missing, which teacher sendek-2017 needs/,
    );
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
