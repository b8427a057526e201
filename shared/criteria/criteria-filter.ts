import { atomicNumber, MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import type { Criteria } from './criteria.ts';
import { elementsOf } from './element-groups.ts';
import { lithiumMassPercent, PRICE, rawMaterialCost } from './prices.ts';

const NO_PRICE = 'no price';

const NONE = 255;

/** Criteria, ready to be asked many times. */
export class CriteriaFilter {
  /** Whether amounts matter: if not, every composition of a system that is not excluded is good. */
  readonly asksAmounts: boolean;
  private readonly reasons: readonly string[]; // of systems, in the order in which they are asked
  private readonly reasonOf = new Uint8Array(MAX_ATOMIC_NUMBER + 1).fill(NONE); // first reason to exclude an element
  private readonly required: readonly { readonly z: number; readonly reason: number }[];
  private readonly maxUsdPerKg: number;
  private readonly minLithiumMassPercent: number;

  constructor({ exclude = [], require = [], maxUsdPerKg, minLithiumMassPercent }: Criteria) {
    this.reasons = [...exclude.map((name) => `exclude ${name}`), ...require.map((name) => `require ${name}`), NO_PRICE];
    this.maxUsdPerKg = maxUsdPerKg ?? Number.POSITIVE_INFINITY;
    this.minLithiumMassPercent = minLithiumMassPercent ?? 0;
    this.asksAmounts = maxUsdPerKg !== undefined || minLithiumMassPercent !== undefined;
    this.required = require.map((name, i) => ({ z: atomicNumber(name) as number, reason: exclude.length + i }));
    if (maxUsdPerKg !== undefined)
      for (let z = 1; z <= MAX_ATOMIC_NUMBER; z++)
        if (Number.isNaN(PRICE[z])) this.reasonOf[z] = this.reasons.length - 1;
    exclude.forEach((name, reason) => {
      for (const z of elementsOf(name)) this.reasonOf[z] = Math.min(this.reasonOf[z], reason);
    });
  }

  /** The first criterion that excludes every composition of these elements, such as `exclude toxic`, or undefined. */
  systemExclusion(atomicNumbers: ArrayLike<number>): string | undefined {
    let first = NONE;
    for (let e = 0; e < atomicNumbers.length; e++) first = Math.min(first, this.reasonOf[atomicNumbers[e]]);
    for (const { z, reason } of this.required)
      if (reason < first && Array.prototype.indexOf.call(atomicNumbers, z) < 0) first = reason;
    return this.reasons[first];
  }

  /**
   * The first criterion on amounts that excludes a composition, or undefined; its system must not be excluded.
   *
   * @param elements atomic numbers, those of the composition at [elementsFrom, elementsFrom + arity)
   * @param amounts theirs, at [amountsFrom, amountsFrom + arity)
   */
  compositionExclusion(
    elements: ArrayLike<number>,
    amounts: ArrayLike<number>,
    arity = elements.length,
    elementsFrom = 0,
    amountsFrom = 0,
  ): 'maxUsdPerKg' | 'minLithiumMassPercent' | undefined {
    const { maxUsdPerKg, minLithiumMassPercent } = this;
    if (rawMaterialCost(elements, amounts, arity, elementsFrom, amountsFrom) > maxUsdPerKg) return 'maxUsdPerKg';
    return lithiumMassPercent(elements, amounts, arity, elementsFrom, amountsFrom) < minLithiumMassPercent
      ? 'minLithiumMassPercent'
      : undefined;
  }
}
