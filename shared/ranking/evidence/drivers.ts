import { atomicNumber, SYMBOLS } from '../../chemistry/elements.ts';
import { type Composition, formatFormula } from '../../chemistry/formula.ts';
import { scoreCompositions } from '../../models/score-compositions.ts';
import type { StudentSession } from '../../models/student-session.ts';
import type { RankingColumn } from '../columns.ts';

/** What an element adds to the logit of a composition. */
export interface Driver {
  readonly atomicNumber: number;
  readonly change: number; // logit of the composition minus its logit without the element
}

const DECIMALS = 2;

/**
 * What each element but the mobile ion adds to the logit of a composition: its logit minus that of the same composition
 * without the element, fractions of the others scaled up to one. Exact for the student, not for nature: what is left may
 * be no compound, and the changes of several elements do not add up.
 *
 * @returns by composition, largest change first, equal ones by atomic number; empty if there is no other element
 * @throws {IntegrityError} if a logit is not a finite number
 */
export async function scoreDrivers(student: StudentSession, compositions: readonly Composition[]): Promise<Driver[][]> {
  const ion = atomicNumber(student.metadata.mobileIon);
  const ablated = compositions.map((composition) => composition.atomicNumbers.filter((z) => z !== ion));
  const scored = compositions.flatMap((composition, i) => [
    composition,
    ...ablated[i].map((z) => without(composition, z)),
  ]);
  const logits = await scoreCompositions(student, scored, (i) => formatFormula(scored[i]));
  let at = 0;
  return ablated.map((elements) => {
    const whole = logits[at++];
    const drivers = elements.map((z) => ({ atomicNumber: z, change: whole - logits[at++] }));
    return drivers.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.atomicNumber - b.atomicNumber);
  });
}

function without({ atomicNumbers, amounts }: Composition, z: number): Composition {
  const kept = (_: unknown, i: number): boolean => atomicNumbers[i] !== z;
  return { atomicNumbers: atomicNumbers.filter(kept), amounts: amounts.filter(kept) };
}

/** Column `drivers`, such as `S +3.21;O -1.02`; see {@link scoreDrivers}. */
export async function driversColumn(
  student: StudentSession,
  compositions: readonly Composition[],
): Promise<RankingColumn> {
  const drivers = await scoreDrivers(student, compositions);
  return {
    name: 'drivers',
    type: 'STRING',
    values: drivers.map((of) => of.map(formatDriver).join(';') || null),
    description:
      "Change of the student's logit that each element but the mobile ion makes: the logit of the composition minus that " +
      'of the same composition without the element; largest change first.',
  };
}

function formatDriver({ atomicNumber: z, change }: Driver): string {
  const text = change.toFixed(DECIMALS);
  return `${SYMBOLS[z]} ${change >= 0 ? '+' : ''}${text}`;
}
