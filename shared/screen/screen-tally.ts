import { MAX_ATOMIC_NUMBER } from '../chemistry/elements.ts';
import type { ScreenCounts } from './chunk-result.ts';
import { HISTOGRAM_BINS, histogramBin } from './histogram.ts';

/** Counts of compositions taken in one by one. */
export class ScreenTally implements ScreenCounts {
  screened = 0;
  passed = 0;
  readonly screenedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly passedByElement = new Float64Array(MAX_ATOMIC_NUMBER + 1);
  readonly histogram = new Float64Array(HISTOGRAM_BINS);
  private readonly passLogit: number;

  /** @param passLogit the lowest logit that passes */
  constructor(passLogit: number) {
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
