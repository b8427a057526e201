import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { assembleFineTuned } from '../../shared/fine-tuning/assemble-fine-tuned.ts';
import { compareMeasured, hasWholeAmounts } from '../../shared/fine-tuning/compare-measured.ts';
import { COMPARED, predictHeldOut, splitMeasured } from '../../shared/fine-tuning/evaluate-fine-tuning.ts';
import { checkSystems, type FineTuneOptions, fineTune, unmeasuredLabels } from '../../shared/fine-tuning/fine-tune.ts';
import { renderFineTunedCard } from '../../shared/fine-tuning/fine-tuned-card.ts';
import { logisticLocation } from '../../shared/fine-tuning/measured-forest.ts';
import { log10Of } from '../../shared/fine-tuning/measured-likelihood.ts';
import { bootstrapInterval, measuredMetrics } from '../../shared/fine-tuning/measured-metrics.ts';
import { compositionsNear } from '../../shared/fine-tuning/near-measured.ts';
import { type MeasuredComposition, mergeMeasurements } from '../../shared/labels/measurements.ts';
import { sigmoid } from '../../shared/learning/logistic.ts';
import { scoreComposition } from '../../shared/models/score-composition.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { readModelHeader } from '../../shared/onnx/graph.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { forward, initialWeights } from '../../shared/student/network.ts';
import { checkApart } from '../../shared/student/splits.ts';

const features = elementFeatures(['Li', 'Na', 'Al', 'Ge', 'Si', 'P', 'Ti', 'Zr', 'O', 'S', 'Cl', 'Br']);
const SIZE = { encoder: 8, first: 8, second: 8 };
const OPTIONS: FineTuneOptions = {
  seed: 1,
  threshold: -4,
  mobileIon: 3,
  made: 300,
  repeats: 5,
  forest: { trees: 10, featureShare: 0.3, minimumLeaf: 1 },
  training: { size: SIZE, steps: 100, batch: 64, learningRate: 1e-2, weightDecay: 0.01, averageFrom: 0.5 },
};

/** Made up: sulfides conduct 1e-3 S/cm and oxides less than 1e-9. */
const measured: MeasuredComposition[] = mergeMeasurements(
  ['Na', 'Al', 'Ge', 'Si', 'P', 'Ti', 'Zr', 'NaAl', 'GeP', 'SiTi', 'AlZr', 'GeZr'].flatMap((others) => [
    { composition: parseFormula(`Li3${others}S4`), log10: -3, bound: 'exact' as const },
    { composition: parseFormula(`Li3${others}O4`), log10: -9, bound: 'upper' as const },
  ]),
  'made up',
);
const task = { measured, known: [parseFormula('Li2S'), parseFormula('Li2O')], features, options: OPTIONS };

describe('a fine-tuned student', () => {
  it('tells conductors from others, bounds included, and gives the same weights again', async () => {
    const transferred = initialWeights(features, SIZE, 3);
    const { weights, scale } = await fineTune({ ...task, transferred });
    const predicted = measured.map(({ composition }) => log10Of(forward(features, weights, composition), scale));
    expect(measuredMetrics(measured, predicted, -4).auc).toBe(1);
    expect(measuredMetrics(measured, predicted, -4).meanAbsoluteError).toBeLessThan(0.5);
    expect((await fineTune({ ...task, transferred })).weights).toEqual(weights);
  });

  it('is compared on systems that none of the models has seen', async () => {
    const from = { ...task, transferred: initialWeights(features, SIZE, 3) };
    const folds = await Promise.all([0, 1].map((fold) => predictHeldOut(from, { fold, folds: 2, seed: 5 })));
    expect(folds.flatMap(({ rows }) => rows).sort((a, b) => a - b)).toEqual(measured.map((_, i) => i));
    const { rows, gain, whole } = compareMeasured(measured, [folds], -4, 1);
    expect(rows.map(({ name }) => name)).toEqual([...COMPARED, 'elements', 'electronegativity', 'median']);
    expect(rows.find(({ name }) => name === 'electronegativity')?.auc?.value).toBe(1);
    expect(rows.find(({ name }) => name === 'fineTuned')?.auc?.value).toBeGreaterThan(0.9);
    expect(gain.low).toBeLessThanOrEqual(gain.value);
    expect(whole).toMatchObject({ compositions: 24, conductors: 12, auc: { electronegativity: { value: 1 } } });
  });
});

describe('the model of a fine-tuned student', () => {
  it('is of schema 1, scores as its weights do, and tells data and conductivity scale', async () => {
    const weights = initialWeights(features, SIZE, 3);
    const interval = { value: 0.9, low: 0.8, high: 0.95 };
    const set = {
      teacher: { name: 'teacher', hash: 'a'.repeat(64) },
      labelsFile: 'dir/labels.csv',
      labelsHash: 'b'.repeat(64),
      features,
    };
    const { model, card } = assembleFineTuned(set, {
      measurements: { file: 'dir/measured.csv', text: 'formula,S/cm\n', source: 'A. Author, CC BY 4.0' },
      measured,
      options: OPTIONS,
      weights,
      scale: { threshold: -4, scale: 0.9 },
      evaluation: { folds: 2, repeats: 1, rows: [{ name: 'fineTuned', auc: interval }], gain: interval },
    });
    const student = await openStudent(model, 'student');
    const probability = await scoreComposition(student, measured[0].composition, {});
    await student.release();
    expect(probability).toBeCloseTo(sigmoid(forward(features, weights, measured[0].composition)), 5);
    const { metadata } = readModelHeader(model);
    expect(metadata.get('labels_sha256')).toBe('b'.repeat(64));
    expect(metadata.get('measurements_sha256')).toBe(card.measurements.hash);
    expect(metadata.get('log10_conductivity_per_logit')).toBe('0.9');
    expect(card.measurements).toMatchObject({ file: 'measured.csv', measurements: 24, bounds: 12, conductors: 12 });
    expect(renderFineTunedCard(card)).toContain('; A. Author, CC BY 4.0 |');
    expect(renderFineTunedCard(card)).toContain('| **fine-tuned student** | 0.900 (0.800 to 0.950) | – |');
  });
});

describe('held-out systems', () => {
  it('are on one side of every split, and each is held out once', () => {
    const parts = [0, 1, 2].map((fold) => splitMeasured(measured, { fold, folds: 3, seed: 2 }));
    for (const { learned, heldOut } of parts) {
      const seen = new Set(learned.map(({ system }) => system));
      expect(heldOut.some(({ system }) => seen.has(system))).toBe(false);
    }
    expect(parts.flatMap(({ rows }) => rows)).toHaveLength(measured.length);
  });

  it('are refused with a system on both sides, even of another stoichiometry', () => {
    const other = { ...measured[0], composition: parseFormula('Li5NaS3'), formula: 'Li5NaS3' };
    expect(() => checkApart({ learned: measured, heldOut: [other] })).toThrow('NaLi5S3 is held out, but its system');
  });

  it('have no teacher label in what the judged student starts from', () => {
    const label = (formula: string) => ({
      formula,
      composition: parseFormula(formula),
      anion: 16,
      probability: 1,
      structures: 1,
    });
    const left = unmeasuredLabels([label('Li4Na7S2'), label('Li3PSCl')], measured);
    expect(left.map(({ formula }) => formula)).toEqual(['Li3PSCl']);
  });

  it('change nothing by what was measured on them in what the models predict for them', async () => {
    const from = { ...task, transferred: initialWeights(features, SIZE, 3) };
    const part = { fold: 1, folds: 3, seed: 2 };
    const { rows } = splitMeasured(measured, part);
    const turned = measured.map((one, i) => (rows.includes(i) ? { ...one, log10: -12 - one.log10 } : one));
    const [first, again] = await Promise.all([from, { ...from, measured: turned }].map((t) => predictHeldOut(t, part)));
    expect(turned).not.toEqual(measured);
    expect(again).toEqual(first);
  });

  it('are too few in a file of one system', () => {
    expect(() => checkSystems(measured.slice(0, 2), 'm.csv')).toThrow(
      'm.csv: the measurements are of 2 chemical systems',
    );
  });
});

describe('metrics of measurements', () => {
  const sample = mergeMeasurements(
    [
      { composition: parseFormula('Li3PS4'), log10: -3, bound: 'exact' },
      { composition: parseFormula('Li2S'), log10: -6, bound: 'exact' },
      { composition: parseFormula('Li2O'), log10: -10, bound: 'upper' },
    ],
    'made up',
  );

  it('count of a bound only what lies on its wrong side', () => {
    expect(measuredMetrics(sample, [-4, -5, -12], -4)).toEqual({ auc: 1, meanAbsoluteError: 2 / 3 });
    expect(measuredMetrics(sample, [-3, -6, -7], -4)).toEqual({ auc: 1, meanAbsoluteError: 1 });
    expect(measuredMetrics(sample, [-7, -6, -10], -4).auc).toBe(0.5);
  });

  it('leave a bound that does not tell on which side of the threshold it is out of the AUC', () => {
    const open = { ...sample[0], log10: -2, bound: 'upper' as const };
    expect(measuredMetrics([...sample, open], [-3, -6, -10, 9], -4).auc).toBe(1);
  });

  it('have intervals that hold the value and repeat with their seed', () => {
    const errors = (rows: readonly number[]): number => rows.reduce((sum, i) => sum + i, 0) / rows.length;
    const interval = bootstrapInterval(measured, 1, errors);
    expect(interval.value).toBe(11.5);
    expect(interval.low).toBeLessThan(11.5);
    expect(interval.high).toBeGreaterThan(11.5);
    expect(bootstrapInterval(measured, 1, errors)).toEqual(interval);
  });
});

it.each([
  ['Li3PS4', true],
  ['Li0.5La0.5TiO3', true],
  ['Li6.4La3Zr1.4Ta0.6O12', false],
  ['Li0.33La0.56TiO3', false],
  ['Li13PO', false],
])('%s has small whole amounts: %s', (formula, expected) => {
  expect(hasWholeAmounts(parseFormula(formula))).toBe(expected);
});

describe('compositions near measured ones', () => {
  const originals = measured.map(({ composition }) => composition);
  const made = compositionsNear(originals, [...features.atomicNumbers], 3, new Set([8, 16, 17, 35]), 500, 1);

  it('have the mobile ion, an anion, known elements and amounts above 0', () => {
    expect(made).toHaveLength(500);
    for (const { atomicNumbers, amounts } of made) {
      expect(atomicNumbers).toContain(3);
      expect(atomicNumbers.some((z) => [8, 16, 17, 35].includes(z))).toBe(true);
      expect(atomicNumbers.every((z) => features.rowByAtomicNumber[z] >= 0)).toBe(true);
      expect(Math.min(...amounts)).toBeGreaterThan(0);
    }
  });

  it('are the same for the same seed', () => {
    expect(compositionsNear(originals, [...features.atomicNumbers], 3, new Set([8, 16, 17, 35]), 500, 1)).toEqual(made);
  });
});

it('the logistic location of trees lies near most of them', () => {
  expect(logisticLocation([-3, -3, -3], 0.5)).toBeCloseTo(-3, 12);
  expect(logisticLocation([-4, -2], 0.5)).toBeCloseTo(-3, 12);
  const location = logisticLocation([-3, -3.1, -2.9, -3, -12], 0.5);
  expect(location).toBeGreaterThan(-3.5); // the mean is -4.8
  expect(location).toBeLessThan(-3);
});
