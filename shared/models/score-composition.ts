import { SYMBOLS } from '../chemistry/elements.ts';
import type { Composition } from '../chemistry/formula.ts';
import { InputError, type Place } from '../errors.ts';
import { sigmoid } from '../learning/logistic.ts';
import type { StudentSession } from './student-session.ts';

/** Probability of one composition: the sigmoid of its logit. Throws as {@link compositionLogit}. */
export async function scoreComposition(
  student: StudentSession,
  composition: Composition,
  place: Place,
): Promise<number> {
  return sigmoid(await compositionLogit(student, composition, place));
}

/**
 * Logit of one composition, fractional amounts included. It is scored alone, so that its score does not depend on
 * what else is asked.
 *
 * @throws {InputError} if it lacks the mobile ion or has an element that the student does not know
 */
export async function compositionLogit(
  student: StudentSession,
  { atomicNumbers, amounts }: Composition,
  place: Place,
): Promise<number> {
  const { mobileIon } = student.metadata;
  if (!atomicNumbers.some((z) => SYMBOLS[z] === mobileIon))
    throw new InputError(
      `the composition has no ${mobileIon}`,
      place,
      `This student scores compounds of ${mobileIon}.`,
    );
  const unknown = atomicNumbers.filter((z) => student.rowOf(z) < 0).map((z) => SYMBOLS[z]);
  if (unknown.length > 0)
    throw new InputError(
      `the student has not seen ${unknown.join(', ')} in training`,
      place,
      'Leave such compositions out, or distill a student from labels with these elements.',
    );
  const rows = BigInt64Array.from(atomicNumbers, (z) => BigInt(student.rowOf(z)));
  const [logit] = await student.logits(rows, Float32Array.from(amounts), 1, 1);
  return logit;
}
