import type { ChargeStates } from './sumsets.ts';

/**
 * Every assignment of one state to each column, split after split, lexicographic within a split.
 *
 * @param splits each shape (columns, states), states ascending
 * @returns shape (assignments, columns) row-major
 */
export function assignmentsOf(splits: readonly ChargeStates[]): Int8Array {
  const arity = splits[0].length;
  const counts = splits.map((states) => states.reduce((product, column) => product * column.length, 1));
  const assignments = new Int8Array(counts.reduce((sum, count) => sum + count, 0) * arity);
  let start = 0;
  for (const [s, states] of splits.entries()) {
    for (let a = 0; a < counts[s]; a++, start += arity) {
      let rest = a;
      for (let c = arity - 1; c >= 0; c--) {
        assignments[start + c] = states[c][rest % states[c].length];
        rest = Math.floor(rest / states[c].length);
      }
    }
  }
  return assignments;
}

/**
 * The splits that {@link assignmentsOf} wrote out: assignments with equal signs are the product of their columns' states.
 *
 * @param assignments shape (assignments, arity) row-major
 */
export function splitsOf(arity: number, assignments: Int8Array): ChargeStates[] {
  const bySigns = new Map<number, Set<number>[]>();
  for (let start = 0; start < assignments.length; start += arity) {
    let signs = 0;
    for (let c = 0; c < arity; c++) if (assignments[start + c] < 0) signs |= 1 << c;
    let columns = bySigns.get(signs);
    if (columns === undefined) {
      columns = Array.from({ length: arity }, () => new Set<number>());
      bySigns.set(signs, columns);
    }
    for (let c = 0; c < arity; c++) columns[c].add(assignments[start + c]);
  }
  return [...bySigns.values()].map((columns) => columns.map((states) => [...states].sort((a, b) => a - b)));
}
