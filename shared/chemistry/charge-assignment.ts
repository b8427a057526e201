import { SYMBOLS } from './elements.ts';
import type { Composition } from './formula.ts';
import { type StateShare, stateShares } from './oxidation-states.ts';

/** Oxidation states that make a composition neutral. */
export interface ChargeAssignment {
  readonly states: readonly (readonly number[])[]; // of each element one, or two that follow each other (mixed valence)
  readonly weakestShare: number; // of the state that is rarest for its element, in (0, 1]
}

/** Share from which on a state is usual for its element. */
export const USUAL_SHARE = 0.05;

/** Amounts that are rounded may leave this charge for each atom. */
const ROUNDING = 0.02;

/** A charge that an element may have on average, with the states that it is made of. */
interface Choice {
  readonly states: readonly number[];
  readonly charge: number; // of all its atoms in the formula: least
  readonly most: number; // and greatest; the same but for mixed valence
  readonly share: number; // of its rarest state
}

/**
 * The most usual assignment of oxidation states: that of which the rarest state has the largest share among the occurrences
 * of its element, then of which the product of all shares is largest. One element may have two states that follow each other,
 * as Mn3+ and Mn4+ in LiMn2O4, where no usual single states are neutral.
 *
 * @returns undefined if no assignment is neutral
 */
export function chargeAssignment(composition: Composition): ChargeAssignment | undefined {
  const { atomicNumbers, amounts } = composition;
  const shares = atomicNumbers.map((z) => [...stateShares(z)].sort((a, b) => b.share - a.share));
  if (shares.some((list) => list.length === 0)) return undefined;
  const single = shares.map((list, e) => list.map(({ state, share }) => choice([state], amounts[e], share)));
  const found = mostUsual(single, amounts);
  if (found !== undefined && found.weakestShare >= USUAL_SHARE) return found;
  const mixed = shares.flatMap((list, e) => {
    const choices = [...single];
    choices[e] = pairs(list, amounts[e]);
    return mostUsual(choices, amounts) ?? [];
  });
  return [found ?? [], ...mixed].flat().sort((a, b) => b.weakestShare - a.weakestShare)[0];
}

function choice(states: readonly number[], amount: number, share: number): Choice {
  return { states, charge: states[0] * amount, most: states[states.length - 1] * amount, share };
}

/** States that follow each other. */
function pairs(list: readonly StateShare[], amount: number): Choice[] {
  return list.flatMap(({ state, share }) => {
    const next = list.find((other) => other.state === state + 1);
    return next === undefined ? [] : [choice([state, next.state], amount, Math.min(share, next.share))];
  });
}

/** Tries the least share from the largest one down; among assignments of one least share the most probable counts. */
function mostUsual(choices: readonly (readonly Choice[])[], amounts: readonly number[]): ChargeAssignment | undefined {
  const thresholds = [...new Set(choices.flat().map(({ share }) => share))].sort((a, b) => b - a);
  for (const weakestShare of thresholds) {
    const allowed = choices.map((list) => list.filter(({ share }) => share >= weakestShare));
    const chosen = new Search(allowed, amounts).best();
    if (chosen !== undefined) return { states: chosen.map(({ states }) => states), weakestShare };
  }
  return undefined;
}

/** Search of the neutral choice of the largest product of shares, with bounds on the charge that is still to come. */
class Search {
  private readonly choices: readonly (readonly Choice[])[];
  private readonly tolerance: number;
  private readonly least: number[] = [0]; // charge that the last elements have at least, by how many are left
  private readonly most: number[] = [0];
  private found: readonly Choice[] | undefined;
  private foundProduct = 0;

  constructor(choices: readonly (readonly Choice[])[], amounts: readonly number[]) {
    this.choices = choices;
    this.tolerance = amounts.every(Number.isInteger) ? 0 : ROUNDING * amounts.reduce((sum, amount) => sum + amount, 0);
    for (const list of [...choices].reverse()) {
      this.least.unshift(this.least[0] + Math.min(...list.map(({ charge }) => charge)));
      this.most.unshift(this.most[0] + Math.max(...list.map(({ most }) => most)));
    }
  }

  best(): readonly Choice[] | undefined {
    if (this.choices.every((list) => list.length > 0)) this.walk([], 0, 0, 1);
    return this.found;
  }

  /** @param least charge of the chosen ones, at least @param most and at most @param product of their shares */
  private walk(chosen: readonly Choice[], least: number, most: number, product: number): void {
    const e = chosen.length;
    if (product <= this.foundProduct) return;
    if (least + this.least[e] > this.tolerance || most + this.most[e] < -this.tolerance) return;
    if (e === this.choices.length) {
      this.found = chosen;
      this.foundProduct = product;
      return;
    }
    for (const next of this.choices[e])
      this.walk([...chosen, next], least + next.charge, most + next.most, product * next.share);
  }
}

/** An assignment as chemists write it, such as `Li+ P5+ S2- Cl-`, in the order of the formula. */
export function formatCharges({ atomicNumbers }: Composition, { states }: ChargeAssignment): string {
  return atomicNumbers.map((z, e) => states[e].map((state) => ion(z, state)).join('/')).join(' ');
}

function ion(z: number, state: number): string {
  const size = Math.abs(state) === 1 ? '' : Math.abs(state);
  return `${SYMBOLS[z]}${size}${state < 0 ? '-' : '+'}`;
}
