import type { ChargeStates } from './sumsets.ts';

const MOST_KEPT = 2 ** 23; // bytes: classes share many halves

/** Keeps what is made for the states of some columns, up to 8 MB of it: what was asked for longest ago goes first. */
export function keptByStates<T>(
  make: (states: ChargeStates, maxCoefficient: number) => T,
  bytesOf: (made: T) => number,
): (states: ChargeStates, maxCoefficient: number) => T {
  const kept = new Map<string, T>(); // in the order in which they were asked for last
  let bytes = 0;
  return (states, maxCoefficient) => {
    const key = `${maxCoefficient} ${states.join('|')}`;
    let found = kept.get(key);
    if (found === undefined) {
      found = make(states, maxCoefficient);
      bytes += bytesOf(found);
    } else kept.delete(key);
    kept.set(key, found);
    for (const [oldest, made] of kept) {
      if (bytes <= MOST_KEPT || oldest === key) break;
      kept.delete(oldest);
      bytes -= bytesOf(made);
    }
    return found;
  };
}
