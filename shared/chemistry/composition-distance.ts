import type { Composition } from './formula.ts';
import { MODIFIED_PETTIFOR } from './pettifor.ts';

const BEYOND = 255; // after the last position of the scale

/** A composition as a distribution of its atoms over the modified Pettifor scale. */
export interface ScaleProfile {
  readonly positions: Uint8Array; // shape (k,), ascending
  readonly fractions: Float64Array; // shape (k,), of all atoms; they sum to 1
  readonly mean: number; // position of an atom on average
}

/** Ends of the parts of the scale over which {@link cumulativeAreas} sums: at Li, La, Mg, P, S and H. */
const PART_ENDS = [11, 31, 72, 88, 95, 102];
export const PARTS = PART_ENDS.length;

/**
 * Areas under the cumulative distribution of a profile over parts of the scale, shape (PARTS,). The sum of the absolute
 * differences of the areas of two profiles is a lower bound of their distance, the integral of the absolute difference.
 */
export function cumulativeAreas({ positions, fractions }: ScaleProfile): Float64Array {
  return Float64Array.from(PART_ENDS, (end, part) => {
    const start = part === 0 ? 0 : PART_ENDS[part - 1];
    return fractions.reduce((sum, fraction, i) => sum + fraction * Math.max(0, end - Math.max(start, positions[i])), 0);
  });
}

/** The profile of a composition; multiples of one composition have equal profiles. */
export function scaleProfile({ atomicNumbers, amounts }: Composition): ScaleProfile {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const order = atomicNumbers.map((_, i) => i);
  order.sort((a, b) => MODIFIED_PETTIFOR[atomicNumbers[a]] - MODIFIED_PETTIFOR[atomicNumbers[b]]);
  const positions = Uint8Array.from(order, (i) => MODIFIED_PETTIFOR[atomicNumbers[i]]);
  const fractions = Float64Array.from(order, (i) => amounts[i] / total);
  return { positions, fractions, mean: fractions.reduce((sum, fraction, i) => sum + fraction * positions[i], 0) };
}

/**
 * Element mover's distance of two compositions: the least total way, in steps of the modified Pettifor scale, that atoms
 * must go to turn one into the other, per atom. Li3PS4 and Li3AsS4 are 1/8 apart: one atom of eight goes one step. It is
 * a metric; on a line it is the integral of the difference between the two cumulative distributions.
 *
 * @see Hargreaves et al., Chem. Mater. 32, 10610 (2020), doi:10.1021/acs.chemmater.0c03381
 */
export function compositionDistance(a: ScaleProfile, b: ScaleProfile): number {
  const { positions: positionsA, fractions: fractionsA } = a;
  const { positions: positionsB, fractions: fractionsB } = b;
  const lengthA = positionsA.length;
  const lengthB = positionsB.length;
  let distance = 0;
  let cumulativeA = 0;
  let cumulativeB = 0;
  let last = 0;
  for (let i = 0, j = 0; i < lengthA || j < lengthB; ) {
    const nextA = i < lengthA ? positionsA[i] : BEYOND;
    const nextB = j < lengthB ? positionsB[j] : BEYOND;
    const next = nextA < nextB ? nextA : nextB;
    distance += Math.abs(cumulativeA - cumulativeB) * (next - last);
    if (nextA === next) cumulativeA += fractionsA[i++];
    if (nextB === next) cumulativeB += fractionsB[j++];
    last = next;
  }
  return distance;
}
