import { compareElements, ELECTRONEGATIVITY, SYMBOLS } from '../chemistry/elements.ts';
import { type Composition, composition, reduced } from '../chemistry/formula.ts';
import type { SpaceDefinition } from './space-file.ts';
import { arrange, newArrangement, splitStates } from './stoichiometries/arrangement.ts';
import { ionTable } from './stoichiometries/ions.ts';
import { type ChargeStates, chargeSumsets } from './stoichiometries/sumsets.ts';

const DECIMALS = 6; // of fractional amounts, as formulas are written

/** The composition with coprime integer amounts where fractional ones, to 6 decimals, allow it. */
export function integerAmounts(original: Composition): Composition {
  const { atomicNumbers, amounts } = original;
  if (amounts.every(Number.isInteger)) return reduced(original);
  return reduced({ atomicNumbers, amounts: amounts.map((amount) => Math.round(amount * 10 ** DECIMALS)) });
}

/**
 * The first rule of the space that excludes a composition, or undefined if it is a member.
 *
 * @param sought with coprime integer amounts
 */
export function excludedBy(definition: SpaceDefinition, sought: Composition): string | undefined {
  return (
    systemRule(definition, sought.atomicNumbers) ?? amountRule(definition, sought) ?? chargeRule(definition, sought)
  );
}

/** The first rule that excludes a system for its elements alone, whatever their states. */
export function systemRule(
  { mobileIon, elements, arity }: SpaceDefinition,
  atomicNumbers: readonly number[],
): string | undefined {
  const foreign = atomicNumbers.filter((z) => z !== mobileIon && !elements.includes(z));
  if (foreign.length > 0) return `${symbolsOf(foreign)} not among the elements of the space`;
  if (!atomicNumbers.includes(mobileIon)) return `lacks the mobile ion ${SYMBOLS[mobileIon]}`;
  const count = atomicNumbers.length;
  if (count < arity[0] || count > arity[1]) return `has ${count} elements; the space has ${arity[0]} to ${arity[1]}`;
  const unknown = atomicNumbers.filter((z) => Number.isNaN(ELECTRONEGATIVITY[z]));
  if (unknown.length > 0) return `${symbolsOf(unknown)} without a tabulated electronegativity`;
  return undefined;
}

function amountRule({ maxCoefficient }: SpaceDefinition, { atomicNumbers, amounts }: Composition) {
  const i = amounts.findIndex((amount) => !(amount <= maxCoefficient));
  if (i < 0) return undefined;
  return `amount ${amounts[i]} of ${SYMBOLS[atomicNumbers[i]]}, in lowest integers, is above ${maxCoefficient}`;
}

/** Relax the rules one by one until the composition is neutral: the last one relaxed is what excludes it. */
function chargeRule(definition: SpaceDefinition, { atomicNumbers, amounts }: Composition): string | undefined {
  const { anions, oxidationStates } = definition;
  const neutral = (alternatives: readonly ChargeStates[]) => alternatives.some((states) => isNeutral(states, amounts));
  const inOrder = systemSplits(definition, atomicNumbers);
  if (inOrder !== undefined) {
    const { columns, splits } = inOrder;
    const arranged = columns.map((z) => amounts[atomicNumbers.indexOf(z)]);
    if (splits.some((states) => isNeutral(states, arranged))) return undefined;
  }
  const all = atomicNumbers.map((z) => oxidationStates.get(z) ?? []);
  const allowed = atomicNumbers.map((z, i) => all[i].filter((state) => state > 0 || anions.includes(z)));
  if (allowed.every((states) => states.every((state) => state > 0))) return 'has no anion of the space';
  if (neutral([allowed]))
    return 'neutral only with a positive element that is not less electronegative than a negative one (Pauling test)';
  if (neutral([all])) return 'neutral only with a negative element that is not among the anions of the space';
  return 'not neutral with any of the allowed oxidation states';
}

function isNeutral(states: ChargeStates, amounts: readonly number[]): boolean {
  if (states.some((column) => column.length === 0)) return false;
  const charges = states.map((column, c) => column.map((state) => state * amounts[c]));
  return chargeSumsets(charges, 1).sums.includes(0);
}

/**
 * Splits of a system and its elements in the column order of its class, or undefined if no assignment passes the
 * Pauling test. All its elements must be in the space.
 */
export function systemSplits(definition: SpaceDefinition, atomicNumbers: readonly number[]) {
  const table = ionTable(definition);
  const arity = atomicNumbers.length;
  const sorted = [...atomicNumbers].sort(compareElements);
  const rows = sorted.map((z) => table.atomicNumbers.indexOf(z));
  const arrangement = newArrangement();
  if (rows.includes(-1) || !arrange(table, Uint8Array.from(rows), arity, arrangement)) return undefined;
  const columns = [...arrangement.columns.subarray(0, arity)].map((row) => table.atomicNumbers[row]);
  return { columns, splits: splitStates(table, arrangement, arity) };
}

function symbolsOf(atomicNumbers: readonly number[]): string {
  const { atomicNumbers: sorted } = composition(atomicNumbers, atomicNumbers);
  return `${sorted.map((z) => SYMBOLS[z]).join(', ')} ${sorted.length === 1 ? 'is' : 'are'}`;
}
