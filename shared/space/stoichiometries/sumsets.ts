/** Charges that the columns of one split can carry: shape (columns, states of that column). */
export type ChargeStates = readonly (readonly number[])[];

/** For every amount vector of some columns, in lexicographic order, the distinct total charges that it can carry. */
export interface Sumsets {
  readonly starts: Int32Array; // shape (vectors + 1,): sums of vector v are starts[v] to starts[v + 1] (exclusive)
  readonly sums: Int16Array; // net charges, distinct within a vector
  readonly lowest: number; // bounds of all sums, inclusive
  readonly highest: number;
}

/**
 * Total charges of all amount vectors with entries 1..maxCoefficient, each column carrying one of its states.
 *
 * @param states shape (columns, states); no columns give one empty vector with charge 0
 */
export function chargeSumsets(states: ChargeStates, maxCoefficient: number): Sumsets {
  let sets: Sumsets = { starts: Int32Array.of(0, 1), sums: Int16Array.of(0), lowest: 0, highest: 0 };
  for (const column of states) sets = appendColumn(sets, Int16Array.from(column), maxCoefficient);
  return sets;
}

function appendColumn(prefix: Sumsets, column: Int16Array, maxCoefficient: number): Sumsets {
  const lowest = prefix.lowest + chargeBound(column, maxCoefficient, Math.min);
  const highest = prefix.highest + chargeBound(column, maxCoefficient, Math.max);
  const prefixes = prefix.starts.length - 1;
  const starts = new Int32Array(prefixes * maxCoefficient + 1);
  const sums = new Int16Array(prefix.sums.length * maxCoefficient * column.length);
  const seen = new Int32Array(highest - lowest + 1); // 1 + the last vector with that sum
  let vector = 0;
  let end = 0;
  for (let p = 0; p < prefixes; p++) {
    for (let amount = 1; amount <= maxCoefficient; amount++) {
      vector++;
      for (let i = prefix.starts[p]; i < prefix.starts[p + 1]; i++) {
        for (let j = 0; j < column.length; j++) {
          const sum = prefix.sums[i] + amount * column[j];
          if (seen[sum - lowest] === vector) continue;
          seen[sum - lowest] = vector;
          sums[end++] = sum;
        }
      }
      starts[vector] = end;
    }
  }
  return { starts, sums: sums.subarray(0, end), lowest, highest };
}

function chargeBound(column: Int16Array, maxCoefficient: number, pick: (...values: number[]) => number): number {
  const state = pick(...column);
  return pick(state, state * maxCoefficient);
}
