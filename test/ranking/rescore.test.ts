import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { checkCommittee, openCommittee, readCommitteeMetadata } from '../../shared/models/committee-session.ts';
import { readStudentMetadata } from '../../shared/models/student-session.ts';
import { checkColumns } from '../../shared/ranking/columns.ts';
import { committeeColumns, lowerBound, rescore } from '../../shared/ranking/rescore.ts';
import { randomCommittee, randomCompositions } from '../random-committee.ts';
import { randomStudent } from '../random-student.ts';

const SYMBOLS = ['Li', 'O', 'P', 'S', 'Cl', 'Ge', 'Si', 'B'];
const committee = randomCommittee(SYMBOLS);
const metadata = readCommitteeMetadata(committee, 'committee.onnx');
const student = readStudentMetadata(randomStudent(SYMBOLS), 'student.onnx');

describe('committee of a student', () => {
  it('is taken if both learned from the same labels', () => {
    expect(() => checkCommittee(metadata, student, 'committee.onnx')).not.toThrow();
  });

  it.each([
    [{ labelsHash: '2'.repeat(64) }, /its labels are 1{64}, and the student's 2{64}/],
    [{ symbols: ['Li', 'O'] }, /its elements are Li B O Si P S Cl Ge, and the student's Li O/],
    [{ mobileIon: 'Na' }, /its mobile ion are|mobile ion/],
  ])('is refused otherwise: %j', (difference, message) => {
    const check = (): void => checkCommittee(metadata, { ...student, ...difference }, 'committee.onnx');
    expect(check).toThrow(message);
    expect(check).toThrow(/^committee\.onnx: /);
  });
});

describe('re-scoring', () => {
  it('gives every composition, also beyond one call, the score that it has alone', async () => {
    const session = await openCommittee(committee, 'committee.onnx');
    const compositions = randomCompositions(SYMBOLS, 4500, 1);
    const { mean, std } = await rescore(session, compositions);
    for (const i of [0, 2047, 2048, 4499]) {
      const alone = await rescore(session, [compositions[i]]);
      expect(alone.mean[0]).toBeCloseTo(mean[i], 6);
      expect(alone.std[0]).toBeCloseTo(std[i], 6);
    }
    expect(await rescore(session, [])).toMatchObject({ mean: new Float32Array(0), lower: new Float64Array(0) });
    await session.release();
  });

  it('names an element that the committee does not know, with its composition', async () => {
    const session = await openCommittee(committee, 'committee.onnx');
    await expect(rescore(session, [parseFormula('Li3PS4'), parseFormula('Li2NaCl3')])).rejects.toThrow(
      /does not know Na of NaLi2Cl3/,
    );
    await session.release();
  });

  it('stops at a score that is no number', async () => {
    const broken = {
      rowOf: () => 0,
      score: async () => ({ mean: Float32Array.of(0.5, Number.NaN), std: Float32Array.of(0, 0) }),
    };
    const two = [parseFormula('Li3PS4'), parseFormula('Li2O')];
    await expect(rescore(broken, two)).rejects.toThrow(/gives Li2O the probability NaN ± 0/);
  });

  it('has a lower bound z standard deviations below the mean, and not below 0', async () => {
    expect(lowerBound(0.75, 0.125, 2)).toBe(0.5);
    expect(lowerBound(0.25, 0.5, 1)).toBe(0);
    const scores = {
      rowOf: () => 0,
      score: async () => ({ mean: Float32Array.of(0.75), std: Float32Array.of(0.125) }),
    };
    const rescored = await rescore(scores, [parseFormula('Li2O')], 2);
    expect(rescored.lower).toEqual(Float64Array.of(0.5));
    const columns = committeeColumns(rescored);
    checkColumns(columns, 1, ['rank']);
    expect(columns.map(({ name, type, values }) => [name, type, ...values])).toEqual([
      ['probability_mean', 'DOUBLE', 0.75],
      ['probability_std', 'DOUBLE', 0.125],
      ['probability_lower', 'DOUBLE', 0.5],
    ]);
  });
});
