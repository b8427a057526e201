import type { Composition } from '../chemistry/formula.ts';
import { inIntegers } from '../chemistry/formula.ts';
import { IntegrityError } from '../errors.ts';
import type { StudentSession } from './student-session.ts';

/**
 * Compositions of one call of the student, all of one number of elements. All blocks have this size, so that the products
 * have one shape.
 */
const BLOCK = 128;

/**
 * Logits of compositions with fractional or integer amounts. Equal compositions have equal logits, whatever stands
 * beside them.
 *
 * @param compositions of elements that the student knows
 * @param nameOf a composition, for the message
 * @throws {IntegrityError} if a logit is not a finite number
 */
export async function scoreCompositions(
  student: StudentSession,
  compositions: readonly Composition[],
  nameOf: (position: number) => string,
): Promise<Float32Array> {
  const logits = new Float32Array(compositions.length);
  const byArity = new Map<number, number[]>(); // positions in `compositions`
  compositions.forEach(({ atomicNumbers }, i) => {
    const positions = byArity.get(atomicNumbers.length);
    if (positions === undefined) byArity.set(atomicNumbers.length, [i]);
    else positions.push(i);
  });
  for (const [arity, positions] of byArity) {
    for (let at = 0; at < positions.length; at += BLOCK) {
      const block = positions.slice(at, at + BLOCK);
      const scored = await scoreBlock(student, compositions, block, arity);
      block.forEach((position, b) => {
        logits[position] = scored[b];
        if (!Number.isFinite(logits[position])) refuseLogit(student, nameOf(position), logits[position]);
      });
    }
  }
  return logits;
}

/** A block that is not full repeats its last composition. */
function scoreBlock(
  student: StudentSession,
  compositions: readonly Composition[],
  positions: readonly number[],
  arity: number,
): Promise<Float32Array> {
  const elements = new BigInt64Array(BLOCK * arity);
  const amounts = new Float32Array(BLOCK * arity);
  for (let b = 0; b < BLOCK; b++) {
    // equal compositions are scored from equal numbers
    const composition = inIntegers(compositions[positions[Math.min(b, positions.length - 1)]]);
    for (let e = 0; e < arity; e++) {
      elements[b * arity + e] = BigInt(student.rowOf(composition.atomicNumbers[e]));
      amounts[b * arity + e] = composition.amounts[e];
    }
  }
  return student.rowLogits(elements, amounts, BLOCK);
}

/** @param what was scored, with its place */
export function refuseLogit({ hash }: StudentSession, what: string, logit: number): never {
  throw new IntegrityError(
    `the logit of ${what} is ${logit}`,
    { file: `student ${hash.slice(0, 12)}` },
    'A student must score every composition with a finite number: train it again or choose another.',
  );
}
