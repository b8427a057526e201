import { ELECTRONEGATIVITY } from '../../shared/chemistry/elements.ts';
import { composition, formatFormula } from '../../shared/chemistry/formula.ts';
import type { SpaceDefinition } from '../../shared/space/space-file.ts';

/** Formulas of a space by its contract alone: all sets of elements, all amounts, all assignments, one by one. */
export function bruteForceFormulas(definition: SpaceDefinition): string[] {
  const { mobileIon, elements, arity, maxCoefficient } = definition;
  const formulas: string[] = [];
  for (const partners of subsets(elements)) {
    const system = [mobileIon, ...partners];
    if (system.length < arity[0] || system.length > arity[1]) continue;
    const assignments = product(system.map((z) => definition.oxidationStates.get(z) ?? [])).filter((states) =>
      passesPaulingTest(system, states, definition.anions),
    );
    if (assignments.length === 0) continue;
    for (const amounts of product(system.map(() => range(1, maxCoefficient)))) {
      if (range(2, maxCoefficient).some((divisor) => amounts.every((amount) => amount % divisor === 0))) continue;
      const isNeutral = assignments.some(
        (states) => states.reduce((charge, state, i) => charge + state * amounts[i], 0) === 0,
      );
      if (isNeutral) formulas.push(formatFormula(composition(system, amounts)));
    }
  }
  return formulas;
}

function passesPaulingTest(system: readonly number[], states: readonly number[], anions: readonly number[]): boolean {
  if (system.some((z) => Number.isNaN(ELECTRONEGATIVITY[z]))) return false;
  const positive = system.filter((_, i) => states[i] > 0);
  const negative = system.filter((_, i) => states[i] < 0);
  return (
    negative.length > 0 &&
    negative.every((z) => anions.includes(z)) &&
    positive.every((cation) => negative.every((anion) => ELECTRONEGATIVITY[cation] < ELECTRONEGATIVITY[anion]))
  );
}

function subsets([first, ...rest]: readonly number[]): number[][] {
  if (first === undefined) return [[]];
  const others = subsets(rest);
  return [...others, ...others.map((set) => [first, ...set])];
}

function product(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
