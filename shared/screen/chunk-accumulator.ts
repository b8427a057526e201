import { type Criteria, type Excluded, ExcludedCollector } from './criteria.ts';
import { histogramBin } from './histogram.ts';
import { RunningCounts } from './running-counts.ts';
import { type RankedEntries, TopK } from './top-k.ts';

/** What bounds the ranking. */
export interface RankingLimits {
  readonly top: number; // compositions ranked, at most
  readonly perSystem: number; // compositions of one system ranked, at most
  readonly criteria?: Criteria; // what else is asked of them; nothing if absent
}

/** The criterion on amounts that excludes the i-th composition of a call from the ranking, or undefined. */
export type ExclusionAt = (i: number) => string | undefined;

export const DEFAULT_LIMITS: RankingLimits = { top: 1000, perSystem: 3 };

/** What cannot be ranked, as a bound on the logits of its systems proves, and was therefore not scored. */
export interface BoundedAway {
  readonly systems: number;
  readonly compositions: number;
}

/** Counts and best compositions of a chunk, gathered system by system in index order. */
export class ChunkAccumulator extends RunningCounts {
  private readonly best: TopK;
  private readonly bestOfSystem: TopK;
  private readonly passLogit: number;
  private readonly exclusions = new ExcludedCollector();
  private boundedAway: BoundedAway = { systems: 0, compositions: 0 };

  /** @param passLogit the lowest logit that passes */
  constructor({ top, perSystem }: RankingLimits, passLogit: number) {
    super();
    this.best = new TopK(top);
    this.bestOfSystem = new TopK(perSystem);
    this.passLogit = passLogit;
  }

  /**
   * Take in consecutive compositions of one system.
   *
   * @param logits their values start at `from`
   * @param firstIndex index of the first composition; above those of earlier calls
   * @param elements atomic numbers by system, the system's own start at `elementsFrom`
   * @param exclusionAt asked of compositions that pass, which it counts, and of those that may be ranked
   * @returns false if some logit is not a finite number
   */
  add(
    logits: Float32Array,
    from: number,
    count: number,
    firstIndex: number,
    elements: Uint8Array,
    elementsFrom: number,
    arity: number,
    exclusionAt?: ExclusionAt,
  ): boolean {
    const { histogram, passLogit, best, bestOfSystem } = this;
    let floor = Math.max(best.floor, bestOfSystem.floor);
    let passed = 0;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const logit = logits[from + i];
      sum += logit; // float32 values cannot overflow a double: the sum is finite exactly if all of them are
      histogram[histogramBin(logit)]++;
      if (logit >= passLogit) {
        passed++;
        if (exclusionAt !== undefined) this.countExclusion(exclusionAt(i));
      }
      // an equal logit has a higher index than all that were kept, so it loses the tie
      if (logit > floor && (exclusionAt === undefined || exclusionAt(i) === undefined)) {
        bestOfSystem.offer(firstIndex + i, logit);
        floor = Math.max(best.floor, bestOfSystem.floor);
      }
    }
    this.screened += count;
    this.passed += passed;
    for (let e = elementsFrom; e < elementsFrom + arity; e++) {
      this.screenedByElement[elements[e]] += count;
      this.passedByElement[elements[e]] += passed;
    }
    return Number.isFinite(sum);
  }

  /** Take in compositions of one system that are not scored. */
  addUnscored(reason: string, count: number): void {
    this.exclusions.addUnscored(reason, count);
  }

  /** Take in systems that a bound spares. */
  addBounded(systems: number, stoichiometries: number): void {
    const { boundedAway: before } = this;
    this.boundedAway = {
      systems: before.systems + systems,
      compositions: before.compositions + systems * stoichiometries,
    };
  }

  /** The system is complete: its best ones join those of the chunk. */
  endSystem(): void {
    this.bestOfSystem.drainInto(this.best);
  }

  ranked(): RankedEntries {
    return this.best.ranked();
  }

  excluded(): Excluded {
    return this.exclusions.collected();
  }

  bounded(): BoundedAway {
    return this.boundedAway;
  }

  private countExclusion(reason: string | undefined): void {
    if (reason !== undefined) this.exclusions.addPassed(reason);
  }
}
