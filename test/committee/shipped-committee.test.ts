import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CommitteeCard } from '../../shared/committee/assemble-committee.ts';
import { COMMITTEE_PARTS } from '../../shared/committee/committee.ts';
import { renderCommitteeCard } from '../../shared/committee/committee-card.ts';
import { sha256 } from '../../shared/hash.ts';
import { readLabels } from '../../shared/labels/labels-file.ts';
import { isIonic, mergePolymorphs } from '../../shared/labels/merge-polymorphs.ts';
import { binaryMetrics } from '../../shared/learning/metrics.ts';
import { decodeCard } from '../../shared/models/card-file.ts';
import { checkCommittee, openCommittee, readCommitteeMetadata } from '../../shared/models/committee-session.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { rescore } from '../../shared/ranking/rescore.ts';
import { SHIPPED_LABELS } from '../small-labels.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../models/${name}`, import.meta.url));
const bytes = file('committee.onnx');
const card = decodeCard(file('committee.card.json'), 'committee.card.json') as unknown as CommitteeCard;

describe('the shipped committee', () => {
  it('goes with the shipped student', () => {
    const student = readStudentMetadata(file('student.onnx'), 'student.onnx');
    expect(() =>
      checkCommittee(readCommitteeMetadata(bytes, 'committee.onnx'), student, 'committee.onnx'),
    ).not.toThrow();
  });

  it('is the one that its card describes, in both forms, and takes at most 8 MB', () => {
    expect(card.modelHash).toBe(sha256(bytes));
    expect(card.bytes).toBe(bytes.length);
    expect(bytes.length).toBeLessThanOrEqual(8e6);
    expect(card.parts).toEqual(COMMITTEE_PARTS);
    expect(file('committee.card.md').toString()).toBe(renderCommitteeCard(card));
  });

  it('reached AUC .97 and average precision .82 on held-out systems, with a calibration error below .03', () => {
    const { folds } = card.evaluation;
    expect(folds).toHaveLength(5);
    const mean = (of: (fold: (typeof folds)[number]) => number): number =>
      folds.reduce((sum, fold) => sum + of(fold), 0) / 5;
    expect(mean(({ auc }) => auc)).toBeGreaterThanOrEqual(0.97);
    expect(mean(({ averagePrecision }) => averagePrecision)).toBeGreaterThanOrEqual(0.82);
    expect(mean(({ calibrationError }) => calibrationError)).toBeLessThan(0.03);
    expect(mean(({ calibrationErrorRaw }) => calibrationErrorRaw)).toBeGreaterThan(0.03);
  });

  it('knows when it does not know: the error grows with the standard deviation, also at equal probability', () => {
    const { byDeviation, atEqualProbability } = card.evaluation;
    expect(byDeviation[byDeviation.length - 1].error).toBeGreaterThan(5 * byDeviation[0].error);
    for (const { std, error } of byDeviation) expect(Math.abs(error - std)).toBeLessThan(0.02);
    for (const { errorOfLower, errorOfHigher } of atEqualProbability)
      expect(errorOfHigher).toBeGreaterThan(errorOfLower);
  });

  it('repeats the labels that it learned from', async () => {
    const sample = mergePolymorphs(await readLabels(SHIPPED_LABELS))
      .filter(isIonic)
      .filter((_, i) => i % 8 === 0);
    const committee = await openCommittee(bytes, 'committee.onnx');
    const { mean } = await rescore(
      committee,
      sample.map(({ composition }) => composition),
    );
    await committee.release();
    const truth = sample.map(({ probability }) => probability >= card.threshold);
    expect(binaryMetrics(truth, mean, 0.5).averagePrecision).toBeGreaterThan(0.95);
  });
});
