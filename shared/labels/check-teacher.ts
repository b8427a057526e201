import { InputError } from '../errors.ts';
import { type Teacher, teacherFeatures, teacherProbability } from '../teacher/teacher.ts';
import type { StructureLabel } from './label.ts';

const TOLERANCE = 1e-3; // features are stored with 6 digits, which moves a probability by up to 1e-4

/**
 * Check that labels have the features that a teacher needs.
 *
 * @throws {InputError} naming the column that is missing
 */
export function checkFeatures(labels: readonly StructureLabel[], teacher: Teacher, file: string): void {
  const missing = teacherFeatures(teacher).find((name) => labels.some(({ features }) => features[name] === undefined));
  if (missing !== undefined)
    throw new InputError(
      `column ${missing} is missing, which teacher ${teacher.name} needs`,
      { file, line: 1 },
      'Name the teacher that made the labels, or make them again with `label --teacher`.',
    );
}

/**
 * Check that labels are this teacher's: the features of every label must give its probability again.
 *
 * @throws {InputError} naming the column that is missing, or the first label that does not
 */
export function checkTeacher(labels: readonly StructureLabel[], teacher: Teacher, file: string): void {
  checkFeatures(labels, teacher, file);
  for (const label of labels) {
    const expected = teacherProbability(teacher, label.features);
    if (!(Math.abs(expected - label.probability) <= TOLERANCE))
      throw new InputError(
        `${label.id} has probability ${label.probability}, but teacher ${teacher.name} gives ${expected.toPrecision(6)} for its features`,
        { file, column: 'probability' },
        'Name the teacher that made the labels with --teacher, or make them again with `label`.',
      );
  }
}
