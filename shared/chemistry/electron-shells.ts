import { elementProperty } from './elements.ts';

const GROUP = elementProperty('group');
const [LANTHANUM, LUTETIUM] = [57, 71];
const [ACTINIUM, LAWRENCIUM] = [89, 103];

/** States of the lanthanoids beside 3+ that are stable: an empty, half-filled or full f shell. */
const LANTHANOIDS: Readonly<Record<number, number>> = { 58: 4, 63: 2, 70: 2 }; // Ce4+, Eu2+, Yb2+

/**
 * Whether an oxidation state leaves an element without electrons that move or are given away easily: no d electron or all ten,
 * no valence electron of a main group, a lone pair, or a full octet. The f electrons of lanthanoids stay at their atoms.
 *
 * @param state not 0
 */
export function isClosedShell(z: number, state: number): boolean {
  if (z >= LANTHANUM && z <= LUTETIUM) return state === 3 || state === LANTHANOIDS[z];
  if (z >= ACTINIUM && z <= LAWRENCIUM) return false;
  const group = GROUP[z];
  if (group <= 2) return state === group || (z === 1 && state === -1);
  if (group <= 12) return group - state === 0 || group - state === 10;
  return [0, 2, 8].includes(group - 10 - state);
}
