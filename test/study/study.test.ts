import { beforeAll, describe, expect, it } from 'vitest';
import { formatSystem, parseFormula } from '../../shared/chemistry/formula.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { parseLabels } from '../../shared/labels/labels-file.ts';
import { DEFAULT_SIZE } from '../../shared/student/network.ts';
import { systemFolds } from '../../shared/student/splits.ts';
import { prepareTrainingSet } from '../../shared/student/training-set.ts';
import { FOLD_JOBS, type FoldJob, type FoldResult, forestFold, scoreFold } from '../../study/cross-validation.ts';
import { runStudyJob, type StudyJob } from '../../study/jobs.ts';
import { makeStudy } from '../../study/make-study.ts';
import { studyPage } from '../../study/page/page.ts';
import type { DescribedCompound } from '../../study/small-data.ts';
import { SECTIONS, type Study, type StudyInput } from '../../study/study.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from '../small-labels.ts';

const text = await someLabels(hasSoftAnion);
const teacher = { file: SHIPPED_TEACHER, text: await readText(SHIPPED_TEACHER) };
const full = prepareTrainingSet({ file: 'soft.csv', text }, teacher, 1);
const set = {
  ...full,
  options: {
    ...full.options,
    folds: 3,
    made: 200,
    neutral: 50,
    forest: { trees: 5, featureShare: 0.2, minimumLeaf: 1 },
    training: {
      ...full.options.training,
      size: { ...DEFAULT_SIZE, encoder: 8, first: 8, second: 6 },
      steps: 40,
      batch: 64,
    },
  },
};
const PARTS = [{ trees: 3, featureShare: 0.2, minimumLeaf: 2, extraRandom: true }];
const task = { ionic: set.ionic, features: set.features, options: set.options, parts: PARTS };

/** Sulfides conduct, chlorides do not; structures say so with noise, compositions in one number. */
const compounds = ['B', 'Al', 'Ga', 'Si', 'Ge', 'Sn', 'P', 'As'].flatMap((other, i) =>
  ['3S4', '5S5', '7S6', '3Cl4', '5Cl5', '7Cl6'].map((rest): DescribedCompound => {
    const composition = parseFormula(`Li${rest[0]}${other}${rest.slice(1)}`);
    const conductor = rest[1] === 'S';
    const generic = [i, conductor ? 1 : 0, i % 3];
    return {
      composition,
      system: formatSystem(composition.atomicNumbers),
      conductor,
      generic,
      structural: [conductor ? 2 : 1, i % 2],
    };
  }),
);
const measured = compounds.map(({ composition, system, conductor }, i) => ({
  composition,
  system,
  formula: `measured ${i}`,
  log10: conductor ? -3 : -8,
  bound: 'exact' as const,
  measurements: 1,
  family: conductor ? 'sulfides' : 'chlorides',
}));
const structures = parseLabels(text, 'soft.csv');
const candidate = structures.find(({ formula }) => set.ionic.some((label) => label.formula === formula));
const input: StudyInput = {
  seed: 1,
  set,
  structures,
  skipped: { 'no Li': 2 },
  smallSet: { compounds, without: 1 },
  obelix: { compounds, without: 0 },
  measured,
  candidates: { file: 'candidates.csv', text: `mp_id,published_probability\n${candidate?.id},0.9\n` },
  student: { hash: 'ab'.repeat(32), scores: measured.map(({ log10 }) => log10) },
};
const runAll = (jobs: readonly StudyJob[]) => Promise.all(jobs.map(runStudyJob));

describe('a study', () => {
  let study: Study;
  beforeAll(async () => {
    study = await makeStudy(input, new Set(SECTIONS), runAll);
  });

  it('has all sections, each with figures', () => {
    expect(study.smallData?.leaveOneOut.map(({ learner }) => learner)).toEqual([
      'logistic',
      'supportVectors',
      'forest',
    ]);
    expect(study.smallData?.leaveOneOut[0].structural).toMatchObject({ value: 1, low: 1, high: 1 });
    expect(study.labels).toMatchObject({ structures: structures.length, skipped: { 'no Li': 2 } });
    expect(study.students?.kinds).toHaveLength(6);
    expect(study.students?.candidates[0]).toMatchObject({
      id: candidate?.id,
      published: 0.9,
      teacher: candidate?.probability,
    });
    expect(study.transfer?.groups[0]).toMatchObject({ name: 'all', compositions: 48, systems: 16, conductors: 24 });
    expect(study.transfer?.groups[0].rows[0]).toMatchObject({ name: 'student', auc: { value: 1 } });
    expect(study.merges?.[0]).toMatchObject({ merge: 'mean', labelCorrelation: 1, scoreCorrelation: 1 });
    expect(study.merges?.map(({ positives }) => positives)).toEqual([
      expect.any(Number),
      Math.max(...(study.merges ?? []).map(({ positives }) => positives)),
      Math.min(...(study.merges ?? []).map(({ positives }) => positives)),
    ]);
  });

  it('is the same to the last digit when made again, whatever order its parts are done in', async () => {
    const backwards = async (jobs: readonly StudyJob[]) => {
      const results = [];
      for (const job of [...jobs].reverse()) results.unshift(await runStudyJob(job));
      return results;
    };
    const { students, transfer } = await makeStudy(input, new Set(['students', 'transfer']), backwards);
    expect({ students, transfer }).toEqual({ students: study.students, transfer: study.transfer });
  });

  it('has the sections that are asked for only', async () => {
    const some = await makeStudy(input, new Set(['labels']), runAll);
    expect(Object.keys(some).sort()).toEqual(['conductivityThreshold', 'labels', 'labelsHash', 'seed']);
    expect(some.labels).toEqual(study.labels);
  });

  it('makes a page that loads nothing and holds plots and tables', () => {
    const page = studyPage(study);
    const icon = '<link rel="icon" href="data:,">'; // names that there is none, so that no server is asked
    expect(page.replace(icon, '')).not.toMatch(/<script|<link|@import|url\(|\ssrc=/);
    expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:/);
    expect(page.match(/<figcaption>/g)).toHaveLength(8);
    expect(page.match(/<table>/g)?.length).toBeGreaterThan(6);
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
    expect(studyPage(study)).toBe(page);
  });
});

describe('no leak: the labels of what is held out change nothing', () => {
  const FOLD = 1;
  const folds = systemFolds(set.ionic, set.options);
  const turned = set.ionic.map((label, i) =>
    folds[i] === FOLD ? { ...label, probability: 1 - label.probability } : label,
  );
  const score = (ionic: typeof set.ionic, fold: number, job: FoldJob): Promise<FoldResult> =>
    scoreFold({ ...task, ionic }, fold, job);

  it.each(FOLD_JOBS)('in the scores of %s', async (job) => {
    expect(await score(turned, FOLD, job)).toEqual(await score(set.ionic, FOLD, job));
    expect(await score(turned, FOLD + 1, job)).not.toEqual(await score(set.ionic, FOLD + 1, job));
  });

  it('in the scores of a forest on merged labels', () => {
    expect(forestFold(turned, set, FOLD)).toEqual(forestFold(set.ionic, set, FOLD));
  });
});

describe('a leak is refused', () => {
  const setting = { features: set.features, options: set.options };

  it('where a student is held against measurements of a system that it has labels of', async () => {
    const known = set.ionic[0];
    const leaking = { distillFrom: set.ionic, score: [{ composition: known.composition }], setting };
    await expect(runStudyJob(leaking)).rejects.toThrow(`${known.formula} is held out, but its system`);
  });

  it('where a formula is measured twice, however it is written', async () => {
    const twice = [...compounds, { ...compounds[0], composition: parseFormula('Li6B2S8') }];
    await expect(runStudyJob({ leaveOneOut: twice, seed: 1 })).rejects.toThrow('Li3BS4 occurs twice');
  });
});
