import { atomicNumber, SYMBOLS } from '../shared/chemistry/elements.ts';
import type { StructureLabel } from '../shared/labels/label.ts';
import { IONIC_ANIONS, isIonic, mergePolymorphs } from '../shared/labels/merge-polymorphs.ts';

/** How many of some labels are positive. */
export interface Share {
  readonly name: string;
  readonly structures: number;
  readonly structurePositives: number;
  readonly formulas: number;
  readonly formulaPositives: number; // by the mean over polymorphs
}

/** What the teacher says of a database. */
export interface LabelStatistics {
  readonly structures: number;
  readonly positives: number;
  readonly skipped: Readonly<Record<string, number>>; // structures without a label, by reason
  readonly groups: readonly Share[]; // ionic crystals; all others, mostly intermetallic
  readonly byAnion: readonly Share[]; // ionic crystals
}

/**
 * Count labels.
 *
 * @param skipped structures without a label, by reason
 * @param threshold probability from which a label is positive
 */
export function labelStatistics(
  labels: readonly StructureLabel[],
  skipped: Readonly<Record<string, number>>,
  threshold: number,
): LabelStatistics {
  const formulas = mergePolymorphs(labels);
  const passes = ({ probability }: { readonly probability: number }): boolean => probability >= threshold;
  const share = (name: string, keep: (anion: number) => boolean): Share => {
    const ofStructures = labels.filter(({ anion }) => keep(atomicNumber(anion) as number));
    const ofFormulas = formulas.filter(({ anion }) => keep(anion));
    return {
      name,
      structures: ofStructures.length,
      structurePositives: ofStructures.filter(passes).length,
      formulas: ofFormulas.length,
      formulaPositives: ofFormulas.filter(passes).length,
    };
  };
  return {
    structures: labels.length,
    positives: labels.filter(passes).length,
    skipped,
    groups: [
      share('ionic', (anion) => isIonic({ anion })),
      share('intermetallic and other', (anion) => !isIonic({ anion })),
    ],
    byAnion: IONIC_ANIONS.map((symbol) => share(symbol, (anion) => SYMBOLS[anion] === symbol)),
  };
}
