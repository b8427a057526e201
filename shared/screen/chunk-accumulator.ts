import { type Excluded, ExcludedCollector } from '../criteria/exclusions.ts';
import type { BoundedAway } from './counts.ts';
import { RunningCounts } from './counts.ts';
import { HISTOGRAM_BINS, histogramBin } from './histogram.ts';
import type { RankingLimits } from './ranking-limits.ts';
import { type RankedEntries, TopK } from './top-k.ts';

/** The criterion on amounts that excludes the i-th composition of a call from the ranking, or undefined. */
export type ExclusionAt = (i: number) => string | undefined;

/** Counts and best compositions of a chunk, gathered system by system in index order. */
export class ChunkAccumulator extends RunningCounts {
  private readonly best: TopK;
  private readonly bestOfSystem: TopK;
  private readonly passLogit: number;
  private readonly exclusions = new ExcludedCollector();
  private readonly bins = new Uint32Array(HISTOGRAM_BINS); // not yet in the histogram; integers count faster
  private passedNow = 0; // of the last call of `count`
  private places = new Int32Array(0); // where that call saw logits above the floor, and one more
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
   * @param logits theirs are `count` values from place `from`, `stride` places apart
   * @param firstIndex index of the first composition; above those of earlier calls
   * @param elements atomic numbers by system, the system's own start at `elementsFrom`
   * @param exclusionAt asked of compositions that pass, which it counts, and of those that may be ranked
   * @returns false if some logit is not a finite number
   */
  add(
    logits: Float32Array,
    from: number,
    stride: number,
    count: number,
    firstIndex: number,
    elements: Uint8Array,
    elementsFrom: number,
    arity: number,
    exclusionAt?: ExclusionAt,
  ): boolean {
    const extreme = this.bins[0] + this.bins[HISTOGRAM_BINS - 1];
    const offered = this.count(logits, from, stride, count);
    this.screened += count;
    for (let e = elementsFrom; e < elementsFrom + arity; e++) {
      this.screenedByElement[elements[e]] += count;
      this.passedByElement[elements[e]] += this.passedNow;
    }
    if (exclusionAt !== undefined) this.countExclusions(logits, from, stride, count, exclusionAt);
    if (offered > 0) this.offer(logits, offered, from, stride, firstIndex, exclusionAt);
    // what is no number, or infinite, is in the first or the last bin
    return this.bins[0] + this.bins[HISTOGRAM_BINS - 1] === extreme || areFinite(logits, from, stride, count);
  }

  /**
   * Count by bins, and those that pass; called for every composition of a space. Has no branches: which way they go
   * cannot be foreseen.
   *
   * @returns how many are above the floor; their places are noted
   */
  private count(logits: Float32Array, from: number, stride: number, count: number): number {
    if (this.places.length <= count) this.places = new Int32Array(count + 1);
    const { bins, passLogit, places, floor } = this;
    const end = from + stride * count;
    let passed = 0;
    let above = 0;
    for (let i = from; i < end; i += stride) {
      const logit = logits[i];
      bins[histogramBin(logit)]++;
      passed += Number(logit >= passLogit);
      places[above] = i;
      above += Number(logit > floor);
    }
    this.passed += passed;
    this.passedNow = passed;
    return above;
  }

  /** Compositions at the places that `count` noted. */
  private offer(
    logits: Float32Array,
    offered: number,
    from: number,
    stride: number,
    firstIndex: number,
    exclusionAt?: ExclusionAt,
  ): void {
    const { bestOfSystem, places } = this;
    let { floor } = this;
    for (let n = 0; n < offered; n++) {
      const logit = logits[places[n]];
      // an equal logit has a higher index than all that were kept, so it loses the tie
      if (!(logit > floor)) continue;
      const i = (places[n] - from) / stride;
      if (exclusionAt?.(i) !== undefined) continue;
      bestOfSystem.offer(firstIndex + i, logit);
      floor = this.floor;
    }
  }

  /** A logit has to be higher than this to enter. */
  private get floor(): number {
    return Math.max(this.best.floor, this.bestOfSystem.floor);
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

  /** Bring the histogram up to date; at least once in 2^32 compositions. */
  settle(): void {
    for (let bin = 0; bin < HISTOGRAM_BINS; bin++) this.histogram[bin] += this.bins[bin];
    this.bins.fill(0);
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

  private countExclusions(
    logits: Float32Array,
    from: number,
    stride: number,
    count: number,
    exclusionAt: ExclusionAt,
  ): void {
    for (let i = 0; i < count; i++) {
      if (logits[from + i * stride] < this.passLogit) continue;
      const reason = exclusionAt(i);
      if (reason !== undefined) this.exclusions.addPassed(reason);
    }
  }
}

function areFinite(logits: Float32Array, from: number, stride: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (!Number.isFinite(logits[from + i * stride])) return false;
  return true;
}
