import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYMBOLS } from '../../shared/chemistry/elements.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { sha256 } from '../../shared/hash.ts';
import { checkTeacher } from '../../shared/labels/check-teacher.ts';
import { readLabels } from '../../shared/labels/labels-file.ts';
import { isIonic, mergePolymorphs } from '../../shared/labels/merge-polymorphs.ts';
import { binaryMetrics } from '../../shared/learning/metrics.ts';
import { decodeCard } from '../../shared/models/card-file.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudent, type StudentSession } from '../../shared/models/student-session.ts';
import { countLabels, type ModelCard, renderCard } from '../../shared/student/card.ts';
import { DISTILL_DEFAULTS } from '../../shared/student/distill-options.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';
import { SHIPPED_LABELS, SHIPPED_TEACHER } from '../small-labels.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../models/${name}`, import.meta.url));

const card = decodeCard(file('student.card.json'), 'student.card.json') as unknown as ModelCard;
let student: StudentSession;
beforeAll(async () => {
  student = await openStudent(file('student.onnx'), 'student.onnx');
});
afterAll(() => student.release());

describe('the shipped student', () => {
  it('was made from the shipped teacher and the shipped labels', () => {
    expect(student.metadata.teacherHash).toBe(sha256(readFileSync(SHIPPED_TEACHER)));
    expect(student.metadata.labelsHash).toBe(sha256(gunzipSync(readFileSync(SHIPPED_LABELS))));
    expect([card.teacher.hash, card.labels.hash]).toEqual([student.metadata.teacherHash, student.metadata.labelsHash]);
  });

  it('is the one that its card describes, in both forms', () => {
    expect(card.modelHash).toBe(sha256(file('student.onnx')));
    expect(student.metadata.metrics).toEqual({ student: card.student, forest: card.forest });
    expect(student.metadata.symbols).toEqual(card.elements);
    expect(file('student.card.md').toString()).toBe(renderCard(card));
  });

  it('was distilled with the default settings', () => {
    const { seed, threshold, mobileIon, ...settings } = card.options;
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect(threshold).toBe(student.metadata.threshold);
    expect(SYMBOLS[mobileIon]).toBe(student.metadata.mobileIon);
    expect(settings).toEqual(DISTILL_DEFAULTS);
  });

  it('reached AUC .97 and average precision .80 on held-out systems of ionic crystals', () => {
    expect(card.folds).toHaveLength(5);
    expect(card.student.auc.mean).toBeGreaterThanOrEqual(0.97);
    expect(card.student.averagePrecision.mean).toBeGreaterThanOrEqual(0.8);
    const mean = card.folds.reduce((sum, fold) => sum + fold.student.auc, 0) / 5;
    expect(card.student.auc.mean).toBeCloseTo(mean, 12);
  });

  it('counts its labels right and repeats them well', async () => {
    const merged = mergePolymorphs(await readLabels(SHIPPED_LABELS)).filter(isIonic);
    expect(card.trained).toEqual(countLabels(merged, student.metadata.threshold));
    const sample = merged.filter((_, i) => i % 8 === 0);
    const scores = [];
    for (const { composition } of sample) scores.push(await scoreComposition(student, composition, {}));
    const truth = sample.map(({ probability }) => probability >= student.metadata.threshold);
    expect(binaryMetrics(truth, scores, student.metadata.threshold).auc).toBeGreaterThan(0.97); // seen in training
  });

  it('scores argyrodites above oxides', async () => {
    const score = (formula: string): Promise<number> => scoreComposition(student, parseFormula(formula), {});
    expect(await score('Li6PS5Cl')).toBeGreaterThan(await score('LiAlO2'));
    expect(await score('Li6PS5Cl')).toBe(await score('Li6PS5Cl'));
  });
});

describe('the shipped labels', () => {
  it('are those of the shipped teacher, and of no other', async () => {
    const labels = await readLabels(SHIPPED_LABELS);
    const teacher = parseTeacher(readFileSync(SHIPPED_TEACHER, 'utf8'), SHIPPED_TEACHER);
    checkTeacher(labels, teacher, 'labels.csv');
    const other = { ...teacher, intercept: teacher.intercept + 0.05 };
    expect(() => checkTeacher(labels, other, 'labels.csv')).toThrow(/^labels\.csv:probability: mp-/);
    const [first] = labels;
    const undefinedFeature = { ...first, features: { ...first.features, llb: Number.NaN } };
    expect(() => checkTeacher([undefinedFeature], teacher, 'labels.csv')).toThrow('gives NaN for its features');
  });
});
