import { closest, distance } from 'fastest-levenshtein';

const MOST_EDITS = 3;

/**
 * What to say of a mistyped name: ` Did you mean trillion?`, or nothing where no name is near. A name that differs by
 * capitals alone is always near; short ones, such as element symbols, never are otherwise.
 */
export function didYouMean(typed: string, names: readonly string[]): string {
  const near = nearest(typed, names);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

function nearest(typed: string, names: readonly string[]): string | undefined {
  const folded = typed.toLowerCase();
  const same = names.find((name) => name.toLowerCase() === folded);
  if (same !== undefined || names.length === 0) return same;
  const likely = names.filter(({ length }) => length > 2 || typed.length > 2);
  const best = likely.length === 0 ? undefined : closest(folded, likely);
  if (best === undefined) return undefined;
  const edits = distance(folded, best.toLowerCase());
  return edits <= Math.min(MOST_EDITS, Math.floor(Math.max(folded.length, best.length) * 0.5)) ? best : undefined;
}
