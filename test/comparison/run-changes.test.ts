import { expect, it } from 'vitest';
import { runChanges } from '../../shared/comparison/run-changes.ts';
import type { RunSummary } from '../../shared/report/summary.ts';

const SUMMARY: RunSummary = {
  runId: 'abc',
  space: { name: 'tiny', systems: 2, classes: 1, compositions: 12 },
  student: { name: 'student.onnx', hash: 'a'.repeat(64), threshold: 0.5 },
  committee: { hash: 'c'.repeat(64) },
  labels: { hash: 'd'.repeat(64) },
  options: { top: 10, perSystem: 3, rankBy: 'student' },
  screened: 12,
  passed: 1,
  ranked: 1,
  elements: [],
  columns: {},
  top: [],
};

it('equal inputs have no changes, whatever came out', () => {
  expect(runChanges({ summary: SUMMARY }, { summary: { ...SUMMARY, passed: 7 } })).toEqual([]);
});

it('names source, student, companions and options that differ', () => {
  const after: RunSummary = {
    ...SUMMARY,
    space: { name: 'tiny', systems: 3, classes: 1, compositions: 20 },
    student: { name: 'other.onnx', hash: 'b'.repeat(64), threshold: 0.5 },
    committee: { absent: 'no committee was wanted' },
    options: { top: 20, perSystem: 3, rankBy: 'student', criteria: { exclude: ['Co', 'toxic'] } },
  };
  expect(runChanges({ summary: SUMMARY }, { summary: after })).toEqual([
    { what: 'space', before: 'tiny, 12 compositions in 2 systems', after: 'tiny, 20 compositions in 3 systems' },
    { what: 'student', before: 'aaaaaaaaaaaa', after: 'bbbbbbbbbbbb' },
    { what: 'committee', before: 'cccccccccccc', after: 'none: no committee was wanted' },
    { what: 'option top', before: '10', after: '20' },
    { what: 'option exclude', before: 'none', after: 'Co,toxic' },
  ]);
});

it('tells of another teacher only if both are known', () => {
  const [before, after] = ['1'.repeat(64), '2'.repeat(64)].map((teacherHash) => ({ summary: SUMMARY, teacherHash }));
  expect(runChanges(before, after)).toEqual([{ what: 'teacher', before: '111111111111', after: '222222222222' }]);
  expect(runChanges(before, { summary: SUMMARY })).toEqual([]);
});
