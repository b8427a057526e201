import { composition, formatFormula, reduced } from '../chemistry/formula.ts';
import type { Structure } from '../structure/structure.ts';

const WHOLE = 0.01; // atoms per cell: occupancies of 0.333 on three sites are one atom
const DECIMALS = 4;

/**
 * Reduced formula of a structure, such as `Li3PS4`. Amounts per cell that are whole but for rounded occupancies count
 * as whole; a composition that stays fractional keeps its amounts per cell, to 4 decimals.
 */
export function structureFormula({ atomicNumbers, occupancies }: Structure): string {
  const cell = composition(atomicNumbers, occupancies);
  const amounts = cell.amounts.map((amount) => {
    const whole = Math.round(amount);
    return whole > 0 && Math.abs(amount - whole) < WHOLE ? whole : Number(amount.toFixed(DECIMALS));
  });
  return formatFormula(reduced({ ...cell, amounts }));
}
