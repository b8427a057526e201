import { ELECTRONEGATIVITY, SYMBOLS } from '../chemistry/elements.ts';
import { InputError } from '../errors.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { SpaceDefinition } from '../space/space-file.ts';

/**
 * Refuse a student that cannot score a space, before anything is screened.
 *
 * @param file of the space, for messages
 * @throws {InputError} naming the elements that it does not know, or its other mobile ion
 */
export function checkStudent(student: StudentSession, definition: SpaceDefinition, file: string): void {
  const ion = SYMBOLS[definition.mobileIon];
  if (student.metadata.mobileIon !== ion) {
    throw new InputError(
      `the mobile ion of the space is ${ion} and the student was trained on ${student.metadata.mobileIon}`,
      { file, column: 'mobileIon' },
      `Give a student that was distilled for ${ion}, or a space of ${student.metadata.mobileIon}.`,
    );
  }
  // an element without electronegativity is in no composition
  const unknown = definition.elements.filter((z) => student.rowOf(z) < 0 && !Number.isNaN(ELECTRONEGATIVITY[z]));
  if (unknown.length > 0 || student.rowOf(definition.mobileIon) < 0) {
    throw new InputError(
      `the student does not know ${unknown.map((z) => SYMBOLS[z]).join(', ') || ion}`,
      { file, column: 'elements' },
      'Remove these elements from the space, or give a student that was trained on them.',
    );
  }
}
