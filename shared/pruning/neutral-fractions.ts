import type { ChargeStates } from '../space/stoichiometries/sumsets.ts';
import { VertexStack } from './vertex-stack.ts';

/** A convex set of element fractions, as its vertices. */
export interface FractionPolytope {
  readonly arity: number; // k
  readonly vertices: Float64Array; // shape (vertices, k) row-major, each row sums to 1
  readonly planes: Int32Array; // shape (vertices, 2), bits of the planes that a vertex lies on
}

/**
 * Fractions that contain those of every stoichiometry of a class: for each split the fractions that are at least
 * 1 / (1 + (k - 1) · maxCoefficient) and leave room for charge zero, where every element may have any charge between its
 * lowest and its highest state.
 *
 * @param splits alternatives, each shape (k, states)
 * @returns one polytope per split, without those that are empty
 */
export function neutralFractions(splits: readonly ChargeStates[], maxCoefficient: number): FractionPolytope[] {
  return splits.flatMap((states) => {
    const arity = states.length;
    const stack = new VertexStack(arity);
    putSimplex(stack, 1 / (1 + (arity - 1) * maxCoefficient));
    const lowest = states.map((charges) => Math.min(...charges));
    const highest = states.map((charges) => Math.max(...charges));
    const first = cutByCharge(stack, 0, arity, lowest, -1, arity);
    // where every element has one state both planes are the same, which counts once for what lies on it
    const isOnePlane = lowest.every((charge, e) => charge === highest[e]);
    const second = cutByCharge(stack, arity, first, highest, 1, isOnePlane ? arity : arity + 1);
    if (second === 0) return [];
    const [start, end] = [arity + first, arity + first + second];
    const vertices = stack.points.slice(start * arity, end * arity);
    return [{ arity, vertices, planes: stack.planes.slice(2 * start, 2 * end) }];
  });
}

/** Fractions that are at least `least`: vertex e has as much as possible of element e and lies on all planes but e. */
function putSimplex(stack: VertexStack, least: number): void {
  const arity = stack.width;
  stack.points.fill(least, 0, arity * arity);
  for (let e = 0; e < arity; e++) {
    stack.points[e * arity + e] = 1 - (arity - 1) * least;
    stack.planes[2 * e] = ((1 << arity) - 1) & ~(1 << e);
  }
}

/** Cut off the part with a mean charge, of the given charges of elements, of one sign or 0. */
function cutByCharge(
  stack: VertexStack,
  start: number,
  count: number,
  charges: readonly number[],
  sign: 1 | -1,
  plane: number,
): number {
  const { points, sides, width } = stack;
  for (let v = start; v < start + count; v++) {
    sides[v] = 0;
    for (let e = 0; e < width; e++) sides[v] += charges[e] * points[v * width + e];
  }
  return stack.cut(start, count, sign, plane, width - 2);
}
