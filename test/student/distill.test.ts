import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatSystem, parseFormula } from '../../shared/chemistry/formula.ts';
import { sha256 } from '../../shared/hash.ts';
import type { FormulaLabel } from '../../shared/labels/label.ts';
import type { BinaryMetrics } from '../../shared/learning/metrics.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { type AssembledStudent, assembleStudent } from '../../shared/student/assemble-student.ts';
import { renderCard } from '../../shared/student/card.ts';
import { distill, evaluateFold, type FoldEvaluation } from '../../shared/student/distill.ts';
import type { Weights } from '../../shared/student/network.ts';
import { systemFolds } from '../../shared/student/splits.ts';
import { prepareTrainingSet, type TrainingSet } from '../../shared/student/training-set.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from '../small-labels.ts';

const teacher = { file: SHIPPED_TEACHER, text: readFileSync(SHIPPED_TEACHER, 'utf8') };
let set: TrainingSet;

beforeAll(async () => {
  const full = prepareTrainingSet({ file: 'dir/soft.csv', text: await someLabels(hasSoftAnion) }, teacher, 1);
  const small = {
    folds: 3,
    made: 400,
    neutral: 100,
    forest: { trees: 10, featureShare: 0.2, minimumLeaf: 1 },
    training: { ...full.options.training, size: { encoder: 8, first: 12, second: 6 }, steps: 150, batch: 64 },
  };
  set = { ...full, options: { ...full.options, ...small } };
});

const evaluate = (fold: number, labels: readonly FormulaLabel[] = set.ionic): Promise<FoldEvaluation> =>
  evaluateFold(labels, set.features, fold, set.options);

describe('folds of labels', () => {
  it('hold every chemical system in one fold only, and equally many systems each', () => {
    const folds = systemFolds(set.ionic, set.options);
    const foldsOf = new Map<string, Set<number>>();
    set.ionic.forEach(({ composition }, i) => {
      const system = formatSystem(composition.atomicNumbers);
      foldsOf.set(system, (foldsOf.get(system) ?? new Set()).add(folds[i]));
    });
    expect([...foldsOf].filter(([, inFolds]) => inFolds.size > 1)).toEqual([]);
    const counts = [0, 1, 2].map((fold) => [...foldsOf.values()].filter((inFolds) => inFolds.has(fold)).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(set.ionic.length).toBeGreaterThan(foldsOf.size); // some systems have several formulas
  });
});

describe('evaluation of a fold', () => {
  it('counts what is held out, and finds more than chance', async () => {
    const folds = systemFolds(set.ionic, set.options);
    const heldOut = set.ionic.filter((_, i) => folds[i] === 1);
    const { formulas, positives, student, forest } = await evaluate(1);
    expect(formulas).toBe(heldOut.length);
    expect(positives).toBe(heldOut.filter(({ probability }) => probability >= 0.5).length);
    expect(student.auc).toBeGreaterThan(0.7);
    expect(forest.auc).toBeGreaterThan(0.7);
  });

  it('has learned nothing from what is held out: with its labels turned round, every ranking is as wrong as it was right', async () => {
    const folds = systemFolds(set.ionic, set.options);
    const turned = set.ionic.map((label, i) =>
      folds[i] === 0 ? { ...label, probability: 1 - label.probability } : label,
    );
    const [right, wrong] = [await evaluate(0), await evaluate(0, turned)];
    expect(wrong.positives).toBe(right.formulas - right.positives);
    expect(wrong.student.auc).toBeCloseTo(1 - right.student.auc, 12);
    expect(wrong.forest.auc).toBeCloseTo(1 - right.forest.auc, 12);
    expect(wrong.student.accuracy).toBeCloseTo(1 - right.student.accuracy, 12);
  });

  it('does change with the labels that it learns from', async () => {
    const folds = systemFolds(set.ionic, set.options);
    const turned = set.ionic.map((label, i) =>
      folds[i] === 0 ? label : { ...label, probability: 1 - label.probability },
    );
    expect((await evaluate(0, turned)).student.auc).toBeLessThan(0.4);
  });
});

describe('a distilled student', () => {
  let folds: FoldEvaluation[];
  let weights: Weights;
  let student: AssembledStudent;
  beforeAll(async () => {
    folds = [await evaluate(0), await evaluate(1), await evaluate(2)];
    ({ weights } = await distill(set.ionic, set.features, set.options));
    student = assembleStudent(set, weights, folds);
  });

  it('is the same bytes when it is distilled again', async () => {
    const again = await distill(set.ionic, set.features, set.options);
    const foldsAgain = [await evaluate(0), await evaluate(1), await evaluate(2)];
    expect(assembleStudent(set, again.weights, foldsAgain)).toEqual(student);
  });

  it('is another with another seed', async () => {
    const other = await distill(set.ionic, set.features, { ...set.options, seed: 2 });
    expect(assembleStudent(set, other.weights, folds).model).not.toEqual(student.model);
  });

  it('carries in its metadata what it was made from and how good it is', () => {
    const metadata = readStudentMetadata(student.model, 'student.onnx');
    expect(metadata).toEqual({
      schema: '1',
      symbols: set.features.symbols,
      mobileIon: 'Li',
      threshold: 0.5,
      teacherHash: sha256(teacher.text),
      labelsHash: set.labelsHash,
      metrics: { student: student.card.student, forest: student.card.forest },
    });
  });

  it('has a card whose numbers are those of the evaluation', () => {
    const { card } = student;
    const names: (keyof BinaryMetrics)[] = ['auc', 'averagePrecision', 'f1', 'accuracy'];
    for (const model of ['student', 'forest'] as const)
      for (const name of names) {
        const values = folds.map((fold) => fold[model][name]);
        const mean = (values[0] + values[1] + values[2]) / 3;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
        expect(card[model][name].mean).toBeCloseTo(mean, 12);
        expect(card[model][name].deviation).toBeCloseTo(Math.sqrt(variance), 12);
      }
    expect(card.folds).toEqual(folds);
    for (const { curves, formulas, positives } of folds) {
      const { precisionRecall, reliability } = curves!;
      expect(precisionRecall.at(-1)).toEqual({ recall: 1, precision: positives / formulas });
      expect(reliability.reduce((sum, bin) => sum + bin.count, 0)).toBe(formulas);
      expect(reliability.reduce((sum, bin) => sum + bin.count * bin.positives, 0)).toBeCloseTo(positives, 9);
    }
    expect(folds.reduce((sum, { formulas }) => sum + formulas, 0)).toBe(card.trained.formulas);
    expect(folds.reduce((sum, { positives }) => sum + positives, 0)).toBe(card.trained.positives);
    const byAnion = Object.values(card.byAnion);
    expect(byAnion.reduce((sum, { formulas }) => sum + formulas, 0)).toBe(card.trained.formulas);
    expect([card.modelHash, card.labels]).toEqual([sha256(student.model), { file: 'soft.csv', hash: set.labelsHash }]);
  });

  it('has a card that comes back from JSON as it was, without NaN', () => {
    const text = JSON.stringify(student.card);
    expect(JSON.parse(text)).toEqual(student.card);
    expect(text).not.toContain('null');
  });

  it('has a card for people with the same numbers', () => {
    const { card } = student;
    const text = renderCard(card);
    expect(text).not.toMatch(/NaN|undefined|\[object/);
    expect(text).toContain(
      `| **student** | ${card.student.auc.mean.toFixed(3)} ± ${card.student.auc.deviation.toFixed(3)} |`,
    );
    expect(text).toContain(`${card.trained.formulas} ionic formulas of ${card.trained.structures} structures`);
    for (const hash of [card.modelHash, card.teacher.hash, card.labels.hash]) expect(text).toContain(hash);
  });
});

describe('a training set', () => {
  const prepare = (text: string, seed = 1): TrainingSet => prepareTrainingSet({ file: 'l.csv', text }, teacher, seed);

  it('holds merged labels, those of ionic crystals apart, and the features of their elements', async () => {
    const { labels, ionic, features } = prepare(
      await someLabels((label) => hasSoftAnion(label) || label.anion === 'Ir'),
    );
    expect(new Set(labels.map(({ formula }) => formula)).size).toBe(labels.length);
    expect(labels.length).toBeGreaterThan(ionic.length);
    expect(features.symbols).toContain('Li');
    const used = new Set(ionic.flatMap(({ composition }) => composition.atomicNumbers));
    expect(features.symbols).toHaveLength(used.size);
  });

  it('refuses labels that another teacher made', async () => {
    const other = { file: 't.json', text: teacher.text.replace('-4.009', '-4.1') };
    expect(other.text).not.toBe(teacher.text);
    const text = await someLabels(hasSoftAnion);
    expect(() => prepareTrainingSet({ file: 'l.csv', text }, other, 1)).toThrow(
      /^l\.csv:probability: mp-\d+ has probability .*, but teacher sendek-2017 gives .* for its features\. Name the teacher/,
    );
  });

  it('refuses a formula without the mobile ion', async () => {
    const text = await someLabels(hasSoftAnion);
    const line = text.split('\n')[1].split(',');
    const foreign = [`${line[0]}-x`, 'Na2S', 'S', ...line.slice(3)].join(',');
    expect(() => prepare(`${text}${foreign}\n`)).toThrow('l.csv:formula: Na2S has no Li. Delete its rows.');
  });

  it('refuses too few systems of either class', async () => {
    const few = await someLabels(({ anion }) => anion === 'I');
    expect(() => prepare(few)).toThrow(
      /^l\.csv: the ionic labels have \d chemical systems with a formula at or above 0\.5 and \d+ with one below\. For 5 folds/,
    );
    expect(() => prepare('id,formula\n')).toThrow('column anion, probability is missing');
  });

  it('refuses folds of which one would have no positive', async () => {
    const all = (await someLabels(hasSoftAnion)).split('\n');
    const passes = (line: string): boolean => Number(line.split(',').at(-1)) >= 0.5;
    const systems = new Set<string>();
    const fewPositives = all.filter((line, i) => {
      if (i === 0 || line === '' || !passes(line)) return true;
      systems.add(formatSystem(parseFormula(line.split(',')[1]).atomicNumbers));
      return systems.size <= 12;
    });
    const outcomes = Array.from({ length: 20 }, (_, seed) => {
      try {
        const { ionic, options } = prepare(fewPositives.join('\n'), seed);
        const folds = systemFolds(ionic, options);
        const withPositive = new Set(folds.filter((_, i) => ionic[i].probability >= 0.5));
        expect(withPositive.size).toBe(5);
        return 'taken';
      } catch (error) {
        expect((error as Error).message).toMatch(
          /^l\.csv: fold \d of 5 would hold no formula at or above 0\.5\. Label more/,
        );
        return 'refused';
      }
    });
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'refused']));
  });
});
