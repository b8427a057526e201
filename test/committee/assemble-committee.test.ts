import { describe, expect, it } from 'vitest';
import { assembleCommittee, predictFold, trainCommittee } from '../../shared/committee/assemble-committee.ts';
import { renderCommitteeCard } from '../../shared/committee/committee-card.ts';
import { readText } from '../../shared/io/tables/lines.ts';
import { readCommitteeMetadata } from '../../shared/models/committee-session.ts';
import { systemFolds } from '../../shared/student/splits.ts';
import { prepareTrainingSet } from '../../shared/student/training-set.ts';
import { hasSoftAnion, SHIPPED_TEACHER, someLabels } from '../small-labels.ts';

const PARTS = [
  { trees: 4, featureShare: 0.2, minimumLeaf: 2, extraRandom: true },
  { trees: 3, featureShare: 0.1, minimumLeaf: 3 },
];
const set = prepareTrainingSet(
  { file: 'labels.csv', text: await someLabels(hasSoftAnion) },
  { file: 'teacher.json', text: await readText(SHIPPED_TEACHER) },
  1,
);
const task = { ...set, parts: PARTS };

describe('committee of some labels', () => {
  it('predicts a fold from the others alone: its own labels change nothing', () => {
    const folds = systemFolds(set.ionic, set.options);
    const turned = set.ionic.map((label, i) =>
      folds[i] === 2 ? { ...label, probability: 1 - label.probability } : label,
    );
    const [before, after] = [set.ionic, turned].map((ionic) => predictFold({ ...task, ionic }, 2));
    expect(after.mean).toEqual(before.mean);
    expect(after.spread).toEqual(before.spread);
    expect(after.labels).toEqual(before.labels.map((label) => 1 - label));
    const others = predictFold({ ...task, ionic: turned }, 1);
    expect(others.mean).not.toEqual(predictFold(task, 1).mean);
  });

  it('is told by its card and its metadata, and is the same when made again', () => {
    const make = () => {
      const folds = Array.from({ length: set.options.folds }, (_, fold) => predictFold(task, fold));
      return assembleCommittee(set, PARTS, trainCommittee(task), folds);
    };
    const [{ model, card }, again] = [make(), make()];
    expect(again).toEqual({ model, card });
    const metadata = readCommitteeMetadata(model, 'committee.onnx');
    expect(metadata).toMatchObject({ labelsHash: set.labelsHash, teacherHash: set.teacher.hash, mobileIon: 'Li' });
    expect(metadata.metrics).toEqual({ folds: card.evaluation.folds });
    expect(card.evaluation.folds.reduce((sum, { formulas }) => sum + formulas, 0)).toBe(set.ionic.length);
    expect(card.bytes).toBe(model.length);
    expect(renderCommitteeCard(card)).toContain('4 extremely randomized trees (0.2 of the descriptors');
  });
});
