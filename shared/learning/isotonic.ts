/** A rising function: linear between knots, constant outside of them. */
export interface PiecewiseLinear {
  readonly x: readonly number[]; // ascending, at least two
  readonly y: readonly number[]; // same length, not descending
}

/** Value of the function at x. */
export function interpolate({ x, y }: PiecewiseLinear, at: number): number {
  let value = y[0];
  for (let i = 0; i + 1 < x.length && at > x[i]; i++)
    value += ((y[i + 1] - y[i]) / (x[i + 1] - x[i])) * Math.min(at - x[i], x[i + 1] - x[i]);
  return value;
}

/** Examples that are taken together. */
export interface IsotonicBlock {
  readonly x: number; // mean
  readonly y: number; // mean
  readonly weight: number;
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955, doi:10.1214/aoms/1177728423).
 *
 * @param blocks by ascending x
 * @returns blocks with strictly ascending y
 */
export function poolAdjacentViolators(blocks: readonly IsotonicBlock[]): IsotonicBlock[] {
  const pooled: IsotonicBlock[] = [];
  for (let block of blocks) {
    for (let last = pooled.at(-1); last !== undefined && last.y >= block.y; last = pooled.at(-1)) {
      pooled.pop();
      block = join(last, block);
    }
    pooled.push(block);
  }
  return pooled;
}

function join(a: IsotonicBlock, b: IsotonicBlock): IsotonicBlock {
  const weight = a.weight + b.weight;
  return { x: (a.x * a.weight + b.x * b.weight) / weight, y: (a.y * a.weight + b.y * b.weight) / weight, weight };
}
