import { MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import { HISTOGRAM_BINS, histogramBin } from './histogram.ts';

/** Counts that begin at zero, for those who add to them. */
export class RunningCounts implements ScreenCounts {
  screened = 0;
  passed = 0;
  readonly screenedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly passedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly histogram = new Float64Array(HISTOGRAM_BINS);

  /** The counts alone. */
  counts(): ScreenCounts {
    const { screened, passed, screenedByElement, passedByElement, histogram } = this;
    return { screened, passed, screenedByElement, passedByElement, histogram };
  }
}

/** What cannot be ranked, as a bound on the logits of its systems proves, and was therefore not scored. */
export interface BoundedAway {
  readonly systems: number;
  readonly compositions: number;
}

/** What was counted over a set of compositions. */
export interface ScreenCounts {
  readonly screened: number;
  readonly passed: number; // probability at or above the student's threshold
  readonly screenedByElement: Float64Array; // shape (MAX_ATOMIC_NUMBER + 1,), by atomic number
  readonly passedByElement: Float64Array; // same shape
  readonly histogram: Float64Array; // shape (HISTOGRAM_BINS,), compositions by logit
}

/** Counts of compositions taken in one by one. */
export class ScreenTally extends RunningCounts {
  private readonly passLogit: number;

  /** @param passLogit the lowest logit that passes */
  constructor(passLogit: number) {
    super();
    this.passLogit = passLogit;
  }

  /** @param logit a finite float32 value */
  add(logit: number, atomicNumbers: readonly number[]): void {
    const passes = logit >= this.passLogit ? 1 : 0;
    this.screened++;
    this.passed += passes;
    this.histogram[histogramBin(logit)]++;
    for (const z of atomicNumbers) {
      this.screenedByElement[z]++;
      this.passedByElement[z] += passes;
    }
  }
}
