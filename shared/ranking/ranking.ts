import { formatFormula, formatSystem } from '../chemistry/formula.ts';
import { sigmoid } from '../learning/logistic.ts';
import type { RankedEntries } from '../screen/top-k.ts';
import type { CompositionSource } from '../sources/source.ts';

/** One line of a ranking. */
export interface RankedComposition {
  readonly rank: number; // from 1
  readonly index: number; // in the space, or of the row in the list
  readonly formula: string;
  readonly system: string; // such as Li-P-S
  readonly probability: number; // sigmoid(logit), nine significant digits
  readonly logit: number; // a float32 value
}

/** Columns of a ranking, in the order of its files. */
export const RANKING_COLUMNS = ['rank', 'index', 'formula', 'system', 'probability', 'logit'] as const;

/** Name the compositions of a ranking. */
export function rankCompositions(
  source: Pick<CompositionSource, 'compositions'>,
  best: RankedEntries,
): RankedComposition[] {
  const { indices, logits } = best;
  return source.compositions(best).map((composition, i) => {
    return {
      rank: i + 1,
      index: indices[i],
      formula: formatFormula(composition),
      system: formatSystem(composition.atomicNumbers),
      probability: probabilityOf(logits[i]),
      logit: logits[i],
    };
  });
}

/** sigmoid(logit) to nine significant digits: more than a float32 logit carries. */
export function probabilityOf(logit: number): number {
  return Number(sigmoid(logit).toPrecision(9));
}

/** The shortest decimal that reads back as the same float32. */
export function formatFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9))); // nine digits tell any two float32 values apart
}
