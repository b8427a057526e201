import { InputError } from '../errors.ts';
import { type Teacher, teacherProbability } from '../teacher/teacher.ts';
import type { StructureLabel } from './label.ts';

const TOLERANCE = 1e-3; // features are stored with 6 digits, which moves a probability by up to 1e-4

/**
 * Check that labels are this teacher's: the features of every label must give its probability again.
 *
 * @throws {InputError} naming the first label that does not
 */
export function checkTeacher(labels: readonly StructureLabel[], teacher: Teacher, file: string): void {
  for (const label of labels) {
    const expected = teacherProbability(teacher, label);
    if (!(Math.abs(expected - label.probability) <= TOLERANCE))
      throw new InputError(
        `${label.id} has probability ${label.probability}, but teacher ${teacher.name} gives ${expected.toPrecision(6)} for its features`,
        { file, column: 'probability' },
        'Name the teacher that made the labels with --teacher, or make them again with `label`.',
      );
  }
}
