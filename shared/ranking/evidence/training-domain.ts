import { ELECTRONEGATIVITY, MAX_ATOMIC_NUMBER, oxidationStates, SYMBOLS } from '../../chemistry/elements.ts';
import type { Composition } from '../../chemistry/formula.ts';
import type { FormulaLabel } from '../../labels/label.ts';
import { IONIC_ANIONS, isIonic } from '../../labels/merge-polymorphs.ts';
import { integerAmounts } from '../../space/membership.ts';
import type { SpaceDefinition } from '../../space/space-file.ts';

/** Oxidation states that an element may have, by atomic number. */
export type StatesOf = (atomicNumber: number) => readonly number[];

/** An element or charge that the training data hardly have. */
export interface Rarity {
  readonly name: string; // such as Pu or Pd4+
  readonly formulas: number; // labelled ionic formulas that have it
}

/** Below so many labelled ionic formulas, an element or a charge counts as outside of the training data. */
export const FEWEST_FORMULAS = 10;

const ANIONS: ReadonlySet<string> = new Set(IONIC_ANIONS);

/** Tabulated states, of which only the anions of ionic crystals may be negative: the rules of the default spaces. */
export function tabulatedStates(z: number): readonly number[] {
  return oxidationStates(z).filter((state) => state > 0 || ANIONS.has(SYMBOLS[z]));
}

/** Elements of a composition whose charges are looked at, at most: assignments grow with the power of them. */
export const MOST_ELEMENTS = 8;

/**
 * Neutral assignments of one state per element in which every positive element is strictly less electronegative than
 * every negative one: the rules of a space. None for more than {@link MOST_ELEMENTS} elements.
 *
 * @param composition with integer amounts
 * @returns states in the order of the composition's elements
 */
export function* neutralAssignments(
  { atomicNumbers, amounts }: Composition,
  statesOf: StatesOf,
): Generator<readonly number[]> {
  const arity = atomicNumbers.length;
  if (arity > MOST_ELEMENTS) return;
  const states = atomicNumbers.map(statesOf);
  const { least, most } = chargesFrom(states, amounts);
  const chosen: number[] = [];
  // elements come by ascending electronegativity, so all from the first negative one on are negative
  function* extend(charge: number, negative: boolean): Generator<readonly number[]> {
    const e = chosen.length;
    if (!(charge + least[e] <= 0 && charge + most[e] >= 0)) return;
    if (e === arity) {
      yield [...chosen];
      return;
    }
    const mayBeNegative =
      negative || e === 0 || ELECTRONEGATIVITY[atomicNumbers[e - 1]] < ELECTRONEGATIVITY[atomicNumbers[e]];
    for (const state of states[e]) {
      const isAllowed = state > 0 ? !negative : mayBeNegative;
      if (!isAllowed) continue;
      chosen.push(state);
      yield* extend(charge + state * amounts[e], state < 0);
      chosen.pop();
    }
  }
  yield* extend(0, false);
}

/** Charge that the elements from each one on can bring, at least and at most. */
function chargesFrom(
  states: readonly (readonly number[])[],
  amounts: ArrayLike<number>,
): { readonly least: readonly number[]; readonly most: readonly number[] } {
  const least = new Array<number>(states.length + 1).fill(0);
  const most = [...least];
  for (let e = states.length - 1; e >= 0; e--) {
    least[e] = least[e + 1] + amounts[e] * Math.min(...states[e]);
    most[e] = most[e + 1] + amounts[e] * Math.max(...states[e]);
  }
  return { least, most };
}

/** States of a space: those of its file, of which only its anions may be negative. */
export function spaceStates({ oxidationStates: states, anions }: SpaceDefinition): StatesOf {
  const allowed = new Map([...states].map(([z, of]) => [z, of.filter((state) => state > 0 || anions.includes(z))]));
  return (z) => allowed.get(z) ?? [];
}

/** How often elements and charges occur in the labelled ionic formulas, from which students are trained. */
export class TrainingDomain {
  private readonly byElement = new Uint32Array(MAX_ATOMIC_NUMBER + 1);
  private readonly byCharge = new Map<number, number>(); // formulas, by charge key

  /** A formula has a charge if one of its neutral assignments with tabulated states has it. */
  constructor(labels: readonly FormulaLabel[]) {
    for (const { composition } of labels.filter(isIonic)) {
      const { atomicNumbers } = composition;
      for (const z of atomicNumbers) this.byElement[z]++;
      const charges = new Set<number>();
      for (const assignment of neutralAssignments(composition, tabulatedStates))
        assignment.forEach((state, e) => {
          charges.add(chargeKey(atomicNumbers[e], state));
        });
      for (const key of charges) this.byCharge.set(key, (this.byCharge.get(key) ?? 0) + 1);
    }
  }

  /**
   * Elements in fewer than {@link FEWEST_FORMULAS} formulas; then, of the neutral assignment with the fewest such, the
   * charges of other elements that fewer formulas have. A composition without a neutral assignment (a quarter of the
   * labelled ionic formulas) has none of the latter.
   *
   * @param statesOf states that the compositions may have; those of the space, where there is one
   */
  raritiesOf(composition: Composition, statesOf: StatesOf): Rarity[] {
    const { atomicNumbers } = composition;
    const elements = atomicNumbers.filter((z) => this.byElement[z] < FEWEST_FORMULAS);
    let fewest: Rarity[] | undefined;
    for (const assignment of neutralAssignments(integerAmounts(composition), statesOf)) {
      const charges = this.rareCharges(atomicNumbers, assignment, elements);
      if (fewest === undefined || charges.length < fewest.length) fewest = charges;
      if (charges.length === 0) break;
    }
    return [...elements.map((z) => ({ name: SYMBOLS[z], formulas: this.byElement[z] })), ...(fewest ?? [])];
  }

  /** Rare charges of an assignment, but those of elements that are rare themselves. */
  private rareCharges(
    atomicNumbers: readonly number[],
    assignment: readonly number[],
    rareElements: readonly number[],
  ): Rarity[] {
    return atomicNumbers.flatMap((z, e) => {
      const formulas = this.byCharge.get(chargeKey(z, assignment[e])) ?? 0;
      if (formulas >= FEWEST_FORMULAS || rareElements.includes(z)) return [];
      return [{ name: ionName(z, assignment[e]), formulas }];
    });
  }
}

const STATES_SPAN = 32; // more than twice any oxidation state

function chargeKey(z: number, state: number): number {
  return z * STATES_SPAN + state;
}

/** An ion such as Pd4+ or Cl-. */
function ionName(z: number, state: number): string {
  const size = Math.abs(state);
  return `${SYMBOLS[z]}${size === 1 ? '' : size}${state > 0 ? '+' : '-'}`;
}
