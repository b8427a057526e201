import type { ChargeStates } from './sumsets.ts';

const MOST_KEPT = 2 ** 24; // bytes: classes share many halves

/** Keeps what is made for the states of some columns, up to 16 MB of it. */
export function keptByStates<T>(
  make: (states: ChargeStates, maxCoefficient: number) => T,
  bytesOf: (made: T) => number,
): (states: ChargeStates, maxCoefficient: number) => T {
  const kept = new Map<string, T>();
  let bytes = 0;
  return (states, maxCoefficient) => {
    const key = `${maxCoefficient} ${states.join('|')}`;
    const earlier = kept.get(key);
    if (earlier !== undefined) return earlier;
    const made = make(states, maxCoefficient);
    bytes += bytesOf(made);
    if (bytes > MOST_KEPT) {
      kept.clear();
      bytes = bytesOf(made);
    }
    kept.set(key, made);
    return made;
  };
}
