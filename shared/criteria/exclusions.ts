/** Counts of compositions by the criterion that excluded them, such as `exclude toxic`. */
export type CriterionCounts = Readonly<Record<string, number>>;

/** What criteria excluded. */
export interface Excluded {
  /** Compositions whose elements exclude them: they were not scored. The first criterion that does counts. */
  readonly unscored: CriterionCounts;
  /** Compositions that passed, and that their amounts exclude from the ranking. The first criterion that does counts. */
  readonly passed: CriterionCounts;
}

export const NONE_EXCLUDED: Excluded = { unscored: {}, passed: {} };

/** Compositions that criteria kept from being scored. */
export function unscoredTotal({ unscored }: Excluded): number {
  return Object.values(unscored).reduce((sum, count) => sum + count, 0);
}

/** Counts what criteria exclude, of one chunk or of many. */
export class ExcludedCollector {
  private readonly unscored = new Map<string, number>();
  private readonly passed = new Map<string, number>();

  addUnscored(reason: string, count: number): void {
    addTo(this.unscored, reason, count);
  }

  addPassed(reason: string): void {
    addTo(this.passed, reason, 1);
  }

  merge({ unscored, passed }: Excluded): void {
    for (const [reason, count] of Object.entries(unscored)) addTo(this.unscored, reason, count);
    for (const [reason, count] of Object.entries(passed)) addTo(this.passed, reason, count);
  }

  /** By reason, sorted: equal counts are equal JSON. */
  collected(): Excluded {
    return { unscored: sorted(this.unscored), passed: sorted(this.passed) };
  }
}

function addTo(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}

function sorted(counts: ReadonlyMap<string, number>): CriterionCounts {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
